import COpenBLAS
import CleaveRuntime
import Dispatch

/// The threads of training. Work is divided into pieces that depend on the number of threads alone, and
/// each piece is computed on one thread, so that results do not depend on timing.
package struct Workers: Sendable {
  /// The pool of the kernels that divide their work themselves.
  let pool: ThreadPool
  var count: Int { pool.count }

  package init(_ pool: ThreadPool) {
    self.pool = pool
    // OpenBLAS computes each call on the thread that makes it.
    Self.isSingleThreaded
  }

  private static let isSingleThreaded: Void = openblas_set_num_threads(1)

  /// Runs `body` for the pieces `0..<pieces`. `worker` is the number of the thread, for scratch of its own.
  func forEach(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
    let threads = min(count, pieces)
    guard threads > 1 else {
      for piece in 0..<pieces { body(piece, 0) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: threads) { worker in
      for piece in stride(from: worker, to: pieces, by: threads) { body(piece, worker) }
    }
  }

  /// Runs `body` for one range of `0..<total` on each thread. `piece` is the number of the range.
  ///
  /// - Parameter grain: the fewest elements worth a thread.
  func forEachRange(
    _ total: Int, atLeast grain: Int = 1, _ body: @Sendable (Range<Int>, _ piece: Int) -> Void
  ) {
    let pieces = max(1, min(count, total / max(1, grain)))
    forEach(pieces) { piece, _ in
      body(total * piece / pieces..<total * (piece + 1) / pieces, piece)
    }
  }
}
