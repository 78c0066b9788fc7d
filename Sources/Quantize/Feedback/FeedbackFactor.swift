import COpenBLAS
import CleaveStorage

/// The upper Cholesky factor U of the inverse of a matrix's second moments: Uᵀ U = H⁻¹. Row j says how
/// the columns after j make up for an error in column j (GPTQ, arXiv 2210.17323).
package struct FeedbackFactor: Sendable {
  package let width: Int
  /// `[width, width]`, row-major.
  package let factor: [Float]
  /// H[j][j], damped: what a squared error in column j costs by itself, for the choice of grids. The
  /// cost that is left when later columns make up for it, 1 / U[j][j]², is next to nothing where columns
  /// are alike, and a grid chosen by it is too coarse for the weights they all then get: measured on
  /// SmolLM2 at Q4_0 the divergence is 0.116 with that and 0.084 with this.
  package let importance: [Float]

  /// - Throws: `InputError` when the moments are not those of finite numbers.
  package init(_ moments: SecondMoments, damping: Double, of name: String) throws {
    OpenBLAS.isSingleThreaded
    width = moments.width
    var matrix = moments.damped(damping)
    importance = (0..<moments.width).map { Float(matrix[$0 * moments.width + $0]) }
    var n = Int32(width)
    var info: Int32 = 0
    // Column-major 'L' is row-major upper.
    var triangle = CChar(UInt8(ascii: "L"))
    matrix.withUnsafeMutableBufferPointer { matrix in
      dpotrf_(&triangle, &n, matrix.baseAddress, &n, &info)
      if info == 0 { dpotri_(&triangle, &n, matrix.baseAddress, &n, &info) }
      if info == 0 { dpotrf_(&triangle, &n, matrix.baseAddress, &n, &info) }
    }
    factor = matrix.map(Float.init)
    // LAPACK lets numbers that are none pass.
    let pivots = stride(from: 0, to: factor.count, by: width + 1).map { factor[$0] }
    guard info == 0, (pivots + importance).allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw InputError(
        file: name, found: "second moments of its input that have no Cholesky factor",
        expected: "finite activations",
        advice: "The model's weights or activations overflow.")
    }
  }

  /// Rows and columns of `range`, `[range.count, range.count]`.
  func block(_ range: Range<Int>) -> [Float] {
    range.flatMap { row in
      factor[(row * width + range.lowerBound)..<(row * width + range.upperBound)]
    }
  }
}
