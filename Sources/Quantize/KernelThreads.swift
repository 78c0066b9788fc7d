import CSystem
import CleaveKernels
import CleaveModel

/// The threads that quantize. Results do not depend on how many there are.
package final class KernelThreads: @unchecked Sendable {
  let handle: OpaquePointer

  /// - Parameter count: the caller included; nil for one on each processor this process may use.
  package init(_ count: Int?) throws {
    let wanted = max(1, count ?? Int(cleave_usable_processors()))
    guard let handle = ck_pool_create(wanted) else {
      throw InputError(
        file: "threads", found: "\(wanted)", expected: "as many threads as the system starts",
        advice: "Ask for fewer.")
    }
    self.handle = handle
  }

  deinit { ck_pool_destroy(handle) }
}
