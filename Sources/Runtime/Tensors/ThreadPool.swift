import CleaveKernels
import CleaveStorage
import CleaveSystem

/// Threads that live as long as the pool and share the work of each kernel. Results do not depend on
/// how many there are. The pool itself lets one job run at a time, so it may be shared.
package final class ThreadPool: @unchecked Sendable {
  /// For the kernels of other modules; valid as long as the pool.
  package let handle: OpaquePointer
  package let count: Int

  /// - Parameter threads: the caller included; nil for one on each processor this process may use.
  /// - Throws: `InputError` when the system refuses to start as many.
  package init(threads: Int? = nil) throws {
    let wanted = max(1, threads ?? Int(cleave_usable_processors()))
    guard let handle = ck_pool_create(wanted) else {
      throw InputError(
        file: "threads", found: "\(wanted)", expected: "as many threads as the system starts",
        advice: "Ask for fewer.")
    }
    self.handle = handle
    count = wanted
  }

  deinit { ck_pool_destroy(handle) }
}
