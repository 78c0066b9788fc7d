import CleaveKernels
import CleaveStorage
import Glibc

/// Which variant of the kernels runs: the best the processor has, or what CLEAVE_ISA names.
package enum InstructionSet {
  /// Applies CLEAVE_ISA. Call once, before anything is computed.
  ///
  /// - Throws: `InputError` for a name that is unknown or that this processor lacks: a test that asks
  ///   for a variant must not silently get another.
  package static func selectFromEnvironment() throws {
    let name = getenv("CLEAVE_ISA").map { String(cString: $0) }
    guard ck_select_isa(name) == 0 else {
      throw InputError(
        file: "CLEAVE_ISA", found: "\"\(name ?? "")\"",
        expected: "scalar, avx2, avx512 or neon, as far as this processor has it")
    }
  }
}
