import CleaveStorage

/// A weight of the model whose tensors are stored in a package's layout: the rows of one matrix or
/// of several one after another.
struct QuantizedWeight: Sendable {
  let name: String
  /// What the weight is, without the number of its block.
  let kind: String
  /// Logical shape; the last dimension is the length of a row.
  let shape: [Int]
  private let matrices: [any QuantizedMatrix]
  private let first: Int
  private let rowOrder: (@Sendable (Int) -> Int)?

  /// - Parameters: - first: the weight's first row in a single matrix. - rowOrder: maps each row
  ///   to write to the row of the weight it comes from.
  init(
    name: String, kind: String, shape: [Int], matrices: [any QuantizedMatrix], first: Int,
    rowOrder: (@Sendable (Int) -> Int)?
  ) {
    self.name = name
    self.kind = kind
    self.shape = shape
    self.matrices = matrices
    self.first = first
    self.rowOrder = rowOrder
  }

  var columns: Int { shape.last ?? 1 }
  private var rows: Int { shape.dropLast().reduce(1, *) }
  /// The tensor that errors name.
  var origin: QuantizedPart { matrices[0].origin }

  /// The most weights that are in memory at a time, as float32.
  private static let slabElements = 1 << 19

  /// Calls `body` with a matrix and a range of its rows until all rows of the weight have been
  /// there in order.
  func forEachSlab(_ body: (any QuantizedMatrix, Range<Int>) throws -> Void) throws {
    guard matrices.count == 1, let matrix = matrices.first else {
      for matrix in matrices { try slabs(0..<matrix.rows) { try body(matrix, $0) } }
      return
    }
    guard let rowOrder else {
      return try slabs(first..<first + rows) { try body(matrix, $0) }
    }
    for row in 0..<rows {
      let source = first + rowOrder(row)
      try body(matrix, source..<source + 1)
    }
  }

  private func slabs(_ range: Range<Int>, _ body: (Range<Int>) throws -> Void) throws {
    let step = max(1, Self.slabElements / max(1, columns))
    for start in stride(from: range.lowerBound, to: range.upperBound, by: step) {
      try body(start..<min(start + step, range.upperBound))
    }
  }
}
