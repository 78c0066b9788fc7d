import CleaveKernels
import Glibc

/// Threads that live as long as the pool and share the work of each kernel. Results do not depend on
/// how many there are. The pool itself lets one job run at a time, so it may be shared.
public final class ThreadPool: @unchecked Sendable {
  let handle: OpaquePointer
  public let count: Int

  /// - Parameter threads: the caller included; nil for one on each processor this process may use.
  public init(threads: Int? = nil) {
    let wanted = max(1, threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    guard let handle = ck_pool_create(wanted) else {
      fatalError("the system refuses to start \(wanted) threads")
    }
    self.handle = handle
    count = wanted
  }

  deinit { ck_pool_destroy(handle) }
}
