import COpenBLAS
import Dispatch

/// OpenBLAS computes each call on the thread that makes it: the work is split here, in pieces that do
/// not depend on the number of threads.
enum OpenBLAS {
  /// Touched by whoever calls OpenBLAS; set once in the life of the process.
  static let isSingleThreaded: Void = openblas_set_num_threads(1)

  /// Runs the pieces `0..<count` on that many threads at most. Which thread runs a piece does not show.
  static func forEachPiece(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    isSingleThreaded
    let threads = min(threads, count)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for piece in stride(from: thread, to: count, by: threads) { body(piece) }
    }
  }
}
