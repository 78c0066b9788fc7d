import COpenBLAS
import Dispatch

/// Calls to OpenBLAS, each computed on the calling thread. Work is split here into pieces that do
/// not depend on the number of threads.
enum OpenBLAS {
  /// Turns off OpenBLAS's own threads once per process. Evaluated before each call to OpenBLAS.
  static let isSingleThreaded: Void = openblas_set_num_threads(1)

  /// Runs pieces `0..<count` on at most `threads` threads. The result must not depend on which
  /// thread runs a piece.
  static func forEachPiece(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    isSingleThreaded
    let threads = min(threads, count)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for piece in stride(from: thread, to: count, by: threads) { body(piece) }
    }
  }
}
