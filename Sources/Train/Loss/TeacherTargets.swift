/// What the teacher says at the rows that have a loss: its `count` best tokens with their logits.
package struct TeacherTargets {
  /// Tokens of a row.
  let count: Int
  /// `[rows, count]`, best first.
  package var tokens: [Int32] = []
  package var logits: [Float] = []
  /// Weight of each row in the loss.
  package var weights: [Float] = []

  var rows: Int { weights.count }

  package init(count: Int) { self.count = count }
}
