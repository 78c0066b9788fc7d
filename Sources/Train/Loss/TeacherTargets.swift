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
  /// Where each row stands. Only a loss over an exit vocabulary asks.
  package var positions: [RowPosition] = []
  /// The tokens of the batch's texts.
  package var texts: [[Int32]] = []

  /// The text of a row in the batch, and the position of the last token that the row has seen.
  package struct RowPosition: Equatable, Sendable {
    package var text: Int
    package var position: Int

    package init(text: Int, position: Int) {
      self.text = text
      self.position = position
    }
  }

  var rows: Int { weights.count }

  package init(count: Int) { self.count = count }

  /// The targets of these rows alone.
  func rows(_ kept: [Int]) -> TeacherTargets {
    var targets = self
    targets.tokens = kept.flatMap { tokens[$0 * count..<($0 + 1) * count] }
    targets.logits = kept.flatMap { logits[$0 * count..<($0 + 1) * count] }
    targets.weights = kept.map { weights[$0] }
    targets.positions = kept.map { positions[$0] }
    return targets
  }
}
