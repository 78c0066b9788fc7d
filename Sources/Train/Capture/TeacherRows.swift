import CleaveRuntime

/// What is kept of the teacher's logits at the positions of one sequence.
struct TeacherRows {
  var ids: [UInt32] = []  // [positions, k]
  var logits: [Float] = []  // [positions, k]
  var logSumExp: [Float] = []  // [positions]

  /// Takes some rows over.
  mutating func append(_ top: TopLogits, rows: Range<Int>) {
    let values = (rows.lowerBound * top.k)..<(rows.upperBound * top.k)
    ids += top.ids[values]
    logits += top.logits[values]
    logSumExp += top.logSumExp[rows]
  }
}
