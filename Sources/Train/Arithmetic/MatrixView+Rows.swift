import CleaveKernels

extension MatrixView {
  /// Sets each row to the same row of the other matrix plus `vector`, a single row.
  func fill(from other: MatrixView, plus vector: MatrixView) {
    precondition(vector.rows == 1 && vector.columns == columns)
    copy(from: other)
    for row in 0..<rows { ck_accumulate(vector.base, columns, base + row * stride) }
  }

  /// Adds the single row `vector` to each row.
  func addToRows(_ vector: MatrixView) {
    precondition(vector.rows == 1 && vector.columns == columns)
    for row in 0..<rows { ck_accumulate(vector.base, columns, base + row * stride) }
  }

  /// Adds the same row of the other matrix to each row.
  func add(_ other: MatrixView) {
    precondition(rows == other.rows && columns == other.columns)
    for row in 0..<rows {
      ck_accumulate(other.base + row * other.stride, columns, base + row * stride)
    }
  }

  /// Adds the same row of the other matrix times a factor to each row.
  func add(_ other: MatrixView, times factor: Float) {
    precondition(rows == other.rows && columns == other.columns)
    for row in 0..<rows {
      ck_add_scaled(base + row * stride, other.base + row * other.stride, factor, columns)
    }
  }

  /// Multiplies each element by a factor.
  func scale(by factor: Float) {
    for row in 0..<rows {
      for column in 0..<columns { base[row * stride + column] *= factor }
    }
  }

  /// Replaces each element x by cap tanh(x / cap).
  func cap(at cap: Float, _ workers: Workers) {
    workers.forEachRange(rows) { range, _ in
      for row in range { ck_cap(nil, base + row * stride, columns, cap) }
    }
  }

  /// Adds the sum of the rows to the single row `vector`.
  func addRows(to vector: MatrixView) {
    precondition(vector.rows == 1 && vector.columns == columns)
    for row in 0..<rows { ck_accumulate(base + row * stride, columns, vector.base) }
  }

  /// Adds row `i`, times a factor, to row `indices[i]` of the other matrix.
  func scatterAdd(_ indices: [Int], times factors: [Float], to other: MatrixView) {
    precondition(rows == indices.count && rows == factors.count && columns == other.columns)
    for (row, index) in indices.enumerated() {
      precondition(index >= 0 && index < other.rows)
      ck_add_scaled(
        other.base + index * other.stride, base + row * stride, factors[row], columns)
    }
  }

  /// Adds row `i` to row `indices[i]` of the other matrix.
  func scatterAdd(_ indices: [Int], to other: MatrixView) {
    precondition(rows == indices.count && columns == other.columns)
    for (row, index) in indices.enumerated() {
      precondition(index >= 0 && index < other.rows)
      ck_accumulate(base + row * stride, columns, other.base + index * other.stride)
    }
  }
}
