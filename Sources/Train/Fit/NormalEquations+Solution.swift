import COpenBLAS
import CleaveStorage

extension NormalEquations {
  /// The map `x + W x + b` to one of the targets with the least squared error over the positions added:
  /// W minimizes the weighted sum of |y - x - W x - b|² plus a ridge of W's squares. With a rank it is the best W of that
  /// rank (reduced-rank regression, Izenman 1975).
  ///
  /// - Parameters:
  ///   - rank: nil for a full matrix.
  ///   - ridge: the share of the mean variance of x's elements that is added to each.
  ///   - name: what is fitted, for errors.
  /// - Throws: `InputError` where no map is defined: too few positions, or states that are not finite.
  package func solution(
    target: Int, rank: Int?, ridge: Double, of name: String
  ) throws -> AffineFit {
    flush()
    guard count >= 2 else {
      throw InputError(
        file: name, found: "\(count) positions to fit a map on", expected: "at least 2",
        advice: "Give more or longer texts.")
    }
    let system = centred(target)
    var full = try solve(system, ridge: ridge, of: name)
    var factors: [[Double]] = []
    if let rank {
      factors = try reduce(&full, system, to: rank, of: name)
    }
    let share = 1 / weight
    let bias = (0..<width).map { row in
      (0..<width).reduce((sums[(1 + target) * width + row] - sums[row]) * share) {
        $0 - full[row * width + $1] * sums[$1] * share
      }
    }
    return AffineFit(
      matrices: (factors.isEmpty ? [full] : factors).map { $0.map(Float.init) },
      bias: bias.map(Float.init), unexplained: unexplained(full, system, ridge: ridge, target))
  }

  /// The sums of products of the centred input x and the centred change z = y - x.
  struct Centred {
    /// x xᵀ, `[width, width]`.
    var moments: [Double]
    /// z xᵀ, `[width, width]`.
    var change: [Double]
    /// The sum of z².
    var squares: Double
    /// The sum of the centred y².
    var variance: Double
    /// The mean diagonal of the moments.
    var meanDiagonal: Double
  }

  private func centred(_ target: Int) -> Centred {
    let (n, size) = (weight, width * width)
    var moments = [Double](repeating: 0, count: size), change = moments
    var (trace, cross) = (0.0, 0.0)
    for row in 0..<width {
      for column in 0..<width {
        let sum = products[max(row, column) * width + min(row, column)]
        let x = sum - sums[row] * sums[column] / n
        let y =
          products[(1 + target) * size + row * width + column]
          - sums[(1 + target) * width + row] * sums[column] / n
        moments[row * width + column] = x
        change[row * width + column] = y - x
        if row == column { (trace, cross) = (trace + x, cross + y) }
      }
    }
    let mean = (0..<width).reduce(0.0) {
      $0 + sums[(1 + target) * width + $1] * sums[(1 + target) * width + $1]
    }
    let variance = squares[target] - mean / n
    return Centred(
      moments: moments, change: change, squares: variance - 2 * cross + trace, variance: variance,
      meanDiagonal: trace / Double(width))
  }

  /// W, `[width, width]`: change (moments + ridge)⁻¹.
  private func solve(_ system: Centred, ridge: Double, of name: String) throws -> [Double] {
    var (matrix, result) = (system.moments, system.change)
    for index in 0..<width { matrix[index * width + index] += ridge * system.meanDiagonal }
    var (n, info) = (Int32(width), Int32(0))
    var triangle = CChar(UInt8(ascii: "U"))
    // Row-major [output, input] is column-major [input, output], one column for each right-hand side.
    dposv_(&triangle, &n, &n, &matrix, &n, &result, &n, &info)
    guard info == 0, result.allSatisfy(\.isFinite) else {
      throw InputError(
        file: name, found: "hidden states that no map can be fitted to",
        expected: "finite states that differ from position to position",
        advice: "Give other texts, or train without a fit.")
    }
    return result
  }

  /// Projects W on the directions in which the fitted change varies most.
  ///
  /// - Parameter full: W; becomes the product of the factors.
  /// - Returns: the factors down `[rank, width]` and up `[width, rank]`.
  private func reduce(
    _ full: inout [Double], _ system: Centred, to rank: Int, of name: String
  ) throws -> [[Double]] {
    precondition((1...width).contains(rank))
    let n = blasint(width)
    // W (moments + ridge) Wᵀ = change Wᵀ: the second moments of the fitted change.
    var vectors = [Double](repeating: 0, count: width * width)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n, 1, system.change, n, full, n, 0, &vectors, n
    )
    try eigenvectors(&vectors, of: name)
    // LAPACK's columns are rows here, by rising eigenvalue.
    let kept = Array(vectors.suffix(rank * width).rows(of: width).reversed().joined())
    var down = [Double](repeating: 0, count: rank * width)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rank), n, n, 1, kept, n, full, n, 0, &down,
      n)
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, n, n, blasint(rank), 1, kept, n, down, n, 0, &full, n
    )
    let up = (0..<width).flatMap { row in (0..<rank).map { kept[$0 * width + row] } }
    return [down, up]
  }

  private func eigenvectors(_ matrix: inout [Double], of name: String) throws {
    var (n, info) = (Int32(width), Int32(0))
    var (job, triangle) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")))
    var values = [Double](repeating: 0, count: width)
    var size = Int32(1 + 6 * width + 2 * width * width)
    var wholeSize = Int32(3 + 5 * width)
    var work = [Double](repeating: 0, count: Int(size))
    var whole = [Int32](repeating: 0, count: Int(wholeSize))
    dsyevd_(
      &job, &triangle, &n, &matrix, &n, &values, &work, &size, &whole, &wholeSize, &info)
    guard info == 0, values.allSatisfy(\.isFinite) else {
      throw InputError(
        file: name, found: "a fitted map without singular values", expected: "finite states",
        advice: "Give other texts, or a full map.")
    }
  }

  /// The squared error that is left, as a share of the target's variance. With moments = M and change = C, W is
  /// C (M + r)⁻¹ or its projection P W, for both of which W M Wᵀ has the trace of C Wᵀ - r W Wᵀ.
  private func unexplained(
    _ matrix: [Double], _ system: Centred, ridge: Double, _ target: Int
  ) -> Double {
    guard system.variance > 0 else { return 0 }
    let added = ridge * system.meanDiagonal
    let explained = zip(matrix, system.change).reduce(0.0) {
      $0 + $1.0 * $1.1 + added * $1.0 * $1.0
    }
    return max(0, system.squares - explained) / system.variance
  }
}

extension ArraySlice<Double> {
  /// The rows of a matrix of this width.
  fileprivate func rows(of width: Int) -> [ArraySlice<Double>] {
    stride(from: startIndex, to: endIndex, by: width).map { self[$0..<$0 + width] }
  }
}
