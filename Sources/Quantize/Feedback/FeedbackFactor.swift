import COpenBLAS
import CleaveModel

/// The upper Cholesky factor U of the inverse of a matrix's second moments: Uᵀ U = H⁻¹. Row j says how
/// the columns after j make up for an error in column j (GPTQ, arXiv 2210.17323).
package struct FeedbackFactor: Sendable {
  package let width: Int
  /// `[width, width]`, row-major.
  package let factor: [Float]

  /// - Throws: `InputError` when the moments are not those of finite numbers.
  package init(_ moments: SecondMoments, damping: Double, of name: String) throws {
    OpenBLAS.isSingleThreaded
    width = moments.width
    var matrix = moments.damped(damping)
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
    guard info == 0, importance.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw InputError(
        file: name, found: "second moments of its input that have no Cholesky factor",
        expected: "finite activations",
        advice: "The model's weights or activations overflow.")
    }
  }

  /// 1 / U[j][j]²: what a squared error in column j costs when the columns after it make up for it.
  package var importance: [Float] {
    (0..<width).map { 1 / (factor[$0 * width + $0] * factor[$0 * width + $0]) }
  }

  /// Rows and columns of `range`, `[range.count, range.count]`.
  func block(_ range: Range<Int>) -> [Float] {
    range.flatMap { row in
      factor[(row * width + range.lowerBound)..<(row * width + range.upperBound)]
    }
  }
}
