import CleaveStorage
import CleaveSystem

extension ThreadPool {
  /// What OpenBLAS reserves for each thread that calls it, in bytes (BUFFER_SIZE of its x86 builds), and about what the
  /// system reserves for a thread's stack and heap.
  private static let reserved = 128 << 20

  /// Refuses to begin with products of OpenBLAS where it could not have its buffers: it asks for one again and again,
  /// for ever.
  ///
  /// - Throws: `InputError`.
  package func requireProductMemory() throws {
    let pieces = 2 * count + 1
    guard cleave_has_memory(pieces, Self.reserved) == 0 else { return }
    throw InputError(
      file: "memory", found: "that the system does not give this process \(pieces) times 128 MiB",
      expected: "so much address space to be free for OpenBLAS's products on \(count) threads",
      advice: """
        Use fewer threads, or raise the process's limits (ulimit -v, the control group, \
        vm.overcommit_memory).
        """)
  }
}
