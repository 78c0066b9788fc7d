import CleaveKernels
import CleaveStorage

/// GPTQ as its paper derives it (OBQ, arXiv 2210.17323, equations 2 and 3): an explicit inverse of
/// the Hessian in double precision, one weight after another, each column then eliminated from the
/// inverse. It uses no Cholesky factor, and no blocks except those that share a grid.
struct FeedbackReference {
  let width: Int
  /// `inverses[j]` is row j of the inverse after eliminating the columns before j.
  private var rows: [[Double]] = []
  /// The diagonal of the Hessian, by which grids are chosen.
  private let diagonal: [Float]

  /// - Parameter hessian: the damped Hessian, `[width, width]`, upper triangle.
  init(_ hessian: [Double], width: Int) {
    self.width = width
    diagonal = (0..<width).map { Float(hessian[$0 * width + $0]) }
    var inverse = Self.inverse(hessian, width)
    for j in 0..<width {
      let row = inverse[j]
      rows.append(row)
      for i in (j + 1)..<max(j + 1, width) {
        let ratio = row[i] / row[j]
        for k in (j + 1)..<width { inverse[i][k] -= ratio * row[k] }
      }
    }
  }

  /// Inverts a matrix by Gauss-Jordan elimination.
  private static func inverse(_ upper: [Double], _ n: Int) -> [[Double]] {
    var left = (0..<n).map { i in (0..<n).map { upper[min(i, $0) * n + max(i, $0)] } }
    var right = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
    for j in 0..<n {
      let pivot = 1 / left[j][j]
      for k in 0..<n {
        left[j][k] *= pivot
        right[j][k] *= pivot
      }
      for i in 0..<n where i != j {
        let ratio = left[i][j]
        for k in 0..<n {
          left[i][k] -= ratio * left[j][k]
          right[i][k] -= ratio * right[j][k]
        }
      }
    }
    return right
  }

  /// A row of weights after rounding.
  func rounded(_ weights: [Float], _ type: TensorType) -> [Float] {
    var w = weights.map(Double.init)
    var values: [Float] = []
    var grid = ck_grid()
    for j in 0..<width {
      if j % type.blockElements == 0 { grid = chooseGrid(w, from: j, type) }
      let sub = Int32(j % type.blockElements) / grid.elements
      let value = ck_grid_value(&grid, sub, ck_grid_code(&grid, sub, Float(w[j])))
      let error = (w[j] - Double(value)) / rows[j][j]
      for i in (j + 1)..<max(j + 1, width) { w[i] -= error * rows[j][i] }
      values.append(value)
    }
    return values
  }

  private func chooseGrid(_ weights: [Double], from start: Int, _ type: TensorType) -> ck_grid {
    let range = start..<start + type.blockElements
    var grid = ck_grid()
    _ = ck_choose_grid(
      ck_type(rawValue: type.ggmlID), range.map { Float(weights[$0]) },
      range.map { diagonal[$0] }, CK_SEARCH, &grid)
    return grid
  }
}
