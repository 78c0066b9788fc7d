import COpenBLAS

/// The second moments of a matrix's input: sums of x xᵀ over all positions. Up to a factor this is
/// the Hessian of the matrix's squared error.
package final class SecondMoments {
  package let width: Int
  /// The sums, `[width, width]`; only tiles of the upper triangle are filled.
  private var sums: [Float]
  package private(set) var count = 0

  /// The number of columns that a thread sums at a time. It is fixed, so that the sums do not
  /// depend on the number of threads.
  private static let tile = 192

  private let threads: Int

  /// - Parameters: - width: the number of columns. - threads: the number of threads to use.
  package init(width: Int, threads: Int) {
    self.width = width
    self.threads = threads
    sums = Array(repeating: 0, count: width * width)
  }

  /// Adds inputs.
  ///
  /// - Parameter values: the inputs, `[count, width]`.
  package func add(_ values: [Float], count: Int) {
    precondition(count * width <= values.count)
    let tiles = (width + Self.tile - 1) / Self.tile
    let width = width
    values.withUnsafeBufferPointer { x in
      sums.withUnsafeMutableBufferPointer { sums in
        nonisolated(unsafe) let (x, sums) = (x.baseAddress!, sums.baseAddress!)
        OpenBLAS.forEachPiece(tiles, threads: threads) { index in
          let first = index * Self.tile
          let rows = min(Self.tile, width - first)
          cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(rows), Int32(width - first),
            Int32(count), 1, x + first, Int32(width), x + first, Int32(width), 1,
            sums + first * width + first, Int32(width))
        }
      }
    }
    self.count += count
  }

  /// The mean of x[i]², `[width]`: the importance of each column.
  package var meanSquares: [Float] {
    (0..<width).map { sums[$0 * width + $0] / Float(max(1, count)) }
  }

  /// The mean moments, with `damping` times their mean diagonal added to the diagonal, row-major,
  /// upper triangle.
  package func damped(_ damping: Double) -> [Double] {
    var moments = sums.map { Double($0) / Double(max(1, count)) }
    let trace = (0..<width).reduce(0.0) { $0 + moments[$1 * width + $1] }
    // Without any input, errors cost nothing and any positive number will do.
    let added = trace > 0 ? damping * trace / Double(width) : 1
    for index in 0..<width { moments[index * width + index] += added }
    return moments
  }
}
