/// The teacher's `count` most probable tokens, with their logits, at the rows that have a loss.
package struct TeacherTargets {
  /// The number of tokens of a row.
  let count: Int
  /// Token ids, `[rows, count]`, the most probable first.
  package var tokens: [Int32] = []
  /// Their logits, `[rows, count]`.
  package var logits: [Float] = []
  /// The weight of each row in the loss.
  package var weights: [Float] = []

  var rows: Int { weights.count }

  package init(count: Int) { self.count = count }
}
