import CleaveStorage
import CleaveSystem

/// The memory that a command has from the start, whatever it does.
enum StartingMemory {
  /// What libraries reserve, and then the stack of a thread for each processor. The system's threads are retried for
  /// ever where there is no room for one, so that a command would hang in place of an error.
  private static var needed: Int { (128 + 8 * Int(cleave_usable_processors())) << 20 }

  /// Refuses to begin where so little is left that threads could not start.
  ///
  /// - Throws: `InputError`.
  static func requireSome() throws {
    guard cleave_has_memory(1, needed) == 0 else { return }
    throw InputError(
      file: "memory", found: "that the system does not give this process \(needed >> 20) MiB",
      expected: "at least so much address space to be free when a command begins",
      advice: "Raise its limits (ulimit -v, the control group, vm.overcommit_memory).")
  }
}
