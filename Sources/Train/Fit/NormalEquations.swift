import COpenBLAS
import CleaveStorage

/// The sums that least squares needs of hidden states x and what they are to become, added up as positions come:
/// one input, and one or more targets y of the same width. Everything is in double precision, and the sums do not
/// depend on the number of threads nor on how positions come in batches.
package final class NormalEquations {
  let width: Int
  let targets: Int
  private let workers: Workers
  /// The number of positions, and their weights together.
  package private(set) var count = 0
  private(set) var weight = 0.0
  /// The sums of x xᵀ, of which tiles on and below the diagonal are filled, then of y xᵀ for each target:
  /// `[1 + targets, width, width]`.
  private(set) var products: [Double]
  /// The sums of x, then of y for each target: `[1 + targets, width]`.
  private(set) var sums: [Double]
  /// The sums of y² over all elements, for each target.
  private(set) var squares: [Double]
  /// Positions that are not in the sums yet, times the roots of their weights: `[1 + targets, chunk, width]`.
  private var staged: [Double]
  private var roots = [Double](repeating: 0, count: chunk)
  private var filled = 0

  /// The number of positions that are added to the sums together.
  private static let chunk = 256
  /// The number of rows of a product that a thread computes at a time.
  private static let tile = 192

  package init(width: Int, targets: Int, workers: Workers) {
    self.width = width
    self.targets = targets
    self.workers = workers
    products = Array(repeating: 0, count: (1 + targets) * width * width)
    sums = Array(repeating: 0, count: (1 + targets) * width)
    squares = Array(repeating: 0, count: targets)
    staged = Array(repeating: 0, count: (1 + targets) * Self.chunk * width)
  }

  /// Adds positions.
  ///
  /// - Parameters:
  ///   - x: the input, `[rows, width]`.
  ///   - y: each target at the same positions, `[rows, width]`.
  ///   - weights: the weight of each row; rows of weight 0 are left out.
  package func add(_ x: MatrixView, _ y: [[Float]], weights: [Double]) {
    precondition(x.columns == width && y.count == targets && weights.count == x.rows)
    precondition(y.allSatisfy { $0.count == x.rows * width })
    for row in 0..<x.rows where weights[row] > 0 {
      roots[filled] = weights[row].squareRoot()
      stage(UnsafeBufferPointer(start: x.base + row * x.stride, count: width), at: 0)
      for (target, y) in y.enumerated() {
        y.withUnsafeBufferPointer {
          stage(UnsafeBufferPointer(rebasing: $0[row * width..<(row + 1) * width]), at: 1 + target)
        }
      }
      filled += 1
      count += 1
      weight += weights[row]
      if filled == Self.chunk { flush() }
    }
  }

  private func stage(_ values: UnsafeBufferPointer<Float>, at matrix: Int) {
    let (start, root) = ((matrix * Self.chunk + filled) * width, roots[filled])
    staged.withUnsafeMutableBufferPointer { staged in
      for (column, value) in values.enumerated() { staged[start + column] = Double(value) * root }
    }
  }

  /// Adds the staged positions to the sums.
  func flush() {
    guard filled > 0 else { return }
    addVectors()
    let (width, filled) = (width, filled)
    let tiles = (width + Self.tile - 1) / Self.tile
    staged.withUnsafeBufferPointer { staged in
      products.withUnsafeMutableBufferPointer { products in
        nonisolated(unsafe) let (staged, products) = (staged.baseAddress!, products.baseAddress!)
        workers.forEach((1 + targets) * tiles) { piece, _ in
          let (matrix, first) = (piece / tiles, piece % tiles * Self.tile)
          let rows = min(Self.tile, width - first)
          cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rows),
            blasint(matrix == 0 ? first + rows : width), blasint(filled), 1,
            staged + matrix * Self.chunk * width + first, blasint(width), staged, blasint(width), 1,
            products + (matrix * width + first) * width, blasint(width))
        }
      }
    }
    self.filled = 0
  }

  private func addVectors() {
    for matrix in 0...targets {
      for row in 0..<filled {
        let start = (matrix * Self.chunk + row) * width
        for column in 0..<width {
          let value = staged[start + column]
          sums[matrix * width + column] += value * roots[row]
          if matrix > 0 { squares[matrix - 1] += value * value }
        }
      }
    }
  }
}
