/// Finds, for each query, the rows of a long table with the largest products, a piece of the table at a time.
package struct LargestProducts {
  private static let piece = 2048

  let width: Int
  let workers: Workers
  /// The number of rows to find for each query, at least 1.
  let count: Int

  package init(width: Int, workers: Workers, count: Int) {
    self.width = width
    self.workers = workers
    self.count = count
  }

  /// - Parameters:
  ///   - queries: `[queries, width]`.
  ///   - rows: the number of rows of the table, at least 1.
  ///   - table: rows of it `[range, width]`, and what is added to the product with each.
  /// - Returns: for each query `count` rows, or all, by falling product; of equal ones the first comes first.
  package func callAsFunction(
    _ queries: [Float], rows: Int,
    of table: (Range<Int>) throws -> (values: [Float], offsets: [Float])
  ) rethrows -> [[Int]] {
    precondition(rows > 0 && queries.count % width == 0)
    let input = FloatBuffer(queries.count)
    input.copy(queries)
    var best = [Best](repeating: Best(count: count), count: queries.count / width)
    let products = FloatBuffer(best.count * min(rows, Self.piece))
    for first in stride(from: 0, to: rows, by: Self.piece) {
      let range = first..<min(first + Self.piece, rows)
      let (values, offsets) = try table(range)
      precondition(values.count == range.count * width && offsets.count == range.count)
      let part = FloatBuffer(values.count)
      part.copy(values)
      let found = products.matrix(best.count, range.count)
      Product(workers: workers, precision: .float32)(
        input.matrix(best.count, width), part.matrix(range.count, width), bTransposed: true,
        into: found)
      for query in best.indices {
        // Most rows are no better than the ones that were found: nothing is called for them.
        var least = best[query].least
        for row in 0..<range.count {
          let product = found.base[query * found.stride + row] + offsets[row]
          guard product > least else { continue }
          best[query].add(product, first + row)
          least = best[query].least
        }
      }
    }
    return best.map(\.rows)
  }

  /// The largest products of one query so far, falling.
  private struct Best {
    let count: Int
    private var found: [(product: Float, row: Int)] = []

    init(count: Int) { self.count = count }

    var rows: [Int] { found.map(\.row) }

    /// What a product must exceed to be among the largest.
    var least: Float { found.count == count ? found[count - 1].product : -.infinity }

    mutating func add(_ product: Float, _ row: Int) {
      if found.count == count { found.removeLast() }
      let place = found.lastIndex { $0.product >= product }.map { $0 + 1 } ?? 0
      found.insert((product, row), at: place)
    }
  }
}
