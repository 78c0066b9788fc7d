/// A row-major matrix of floats inside a buffer. Its bounds are checked when it is made, so that a kernel
/// which stays in its rows and columns stays in the buffer.
package struct MatrixView: Sendable {
  private let buffer: FloatBuffer
  private let offset: Int
  package let rows: Int
  package let columns: Int
  /// Floats from one row to the next.
  package let stride: Int

  init(_ buffer: FloatBuffer, offset: Int, rows: Int, columns: Int, stride: Int) {
    precondition(offset >= 0 && rows >= 0 && columns >= 0 && stride >= columns)
    precondition(rows == 0 || offset + (rows - 1) * stride + columns <= buffer.count)
    self.buffer = buffer
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// The first element; rows are `stride` apart.
  package var base: UnsafeMutablePointer<Float> { buffer.floats.baseAddress! + offset }

  /// Whether the rows follow one another without a gap.
  var isDense: Bool { stride == columns }

  /// The matrix of these rows, over the same floats.
  func rows(_ range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return MatrixView(
      buffer, offset: offset + range.lowerBound * stride, rows: range.count, columns: columns,
      stride: stride)
  }

  /// The matrix of the last rows, over the same floats.
  func last(_ count: Int) -> MatrixView { rows(rows - count..<rows) }

  /// The matrix of these columns of every row, over the same floats.
  func columns(_ range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    return MatrixView(
      buffer, offset: offset + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  func clear() {
    for row in 0..<rows { (base + row * stride).update(repeating: 0, count: columns) }
  }

  func copy(from other: MatrixView) {
    precondition(rows == other.rows && columns == other.columns)
    for row in 0..<rows {
      (base + row * stride).update(from: other.base + row * other.stride, count: columns)
    }
  }

  /// Sets row `i` to row `indices[i]` of the other matrix.
  func gather(_ indices: [Int], from other: MatrixView) {
    precondition(rows == indices.count && columns == other.columns)
    for (row, index) in indices.enumerated() {
      precondition(index >= 0 && index < other.rows)
      (base + row * stride).update(from: other.base + index * other.stride, count: columns)
    }
  }
}
