import CleaveRuntime

/// The teacher's largest logits at the positions of one sequence.
package struct TeacherLogits {
  package var ids: [UInt32]  // [positions, k]
  package var logits: [Float]  // [positions, k]
  package var logSumExp: [Float]  // [positions]

  /// Zeros for this number of positions.
  package init(k: Int = 0, positions: Int = 0) {
    ids = Array(repeating: 0, count: positions * k)
    logits = Array(repeating: 0, count: positions * k)
    logSumExp = Array(repeating: 0, count: positions)
  }

  /// Drops the positions from this one on.
  mutating func cut(to length: Int, k: Int) {
    ids.removeLast(max(0, ids.count - length * k))
    logits.removeLast(max(0, logits.count - length * k))
    logSumExp.removeLast(max(0, logSumExp.count - length))
  }

  /// Appends some rows of a batch.
  mutating func append(_ top: TopLogits, rows: Range<Int>) {
    let values = (rows.lowerBound * top.k)..<(rows.upperBound * top.k)
    ids += top.ids[values]
    logits += top.logits[values]
    logSumExp += top.logSumExp[rows]
  }
}
