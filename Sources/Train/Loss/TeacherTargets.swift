/// What the teacher says at the rows that have a loss: its `count` best tokens with their logits.
struct TeacherTargets {
  /// Tokens of a row.
  let count: Int
  /// `[rows, count]`, best first.
  var tokens: [Int32] = []
  var logits: [Float] = []
  /// Weight of each row in the loss.
  var weights: [Float] = []

  var rows: Int { weights.count }

  init(count: Int) { self.count = count }
}
