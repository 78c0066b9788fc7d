/// What has come back from the cloud in one session and taken effect: which exits say what they say because of it
/// (specs/exits.md, "Feedback").
struct FeedbackEffect {
  /// The positions that the cloud was asked about in this text and has answered, rising. The states before the
  /// last of them are those that exits read.
  private var asked: [Int] = []
  /// The hidden states after the first stack, from which a tail's own states are computed again.
  private var own: RowLog
  private let keepsRows: Bool

  /// - Parameter keepsRows: whether positions may run that are decided again, or taken back.
  init(width: Int, keepsRows: Bool) {
    own = RowLog(width: width)
    self.keepsRows = keepsRows
  }

  /// The positions whose states have come back and taken effect: c + 1 of the specification.
  var rows: Int { asked.last ?? 0 }

  /// - Parameter states: `[count, hidden]` after the first stack, of the positions that follow.
  mutating func append(_ states: [Float]) {
    if keepsRows { own.append(states) }
  }

  /// The hidden states after the first stack at some positions: `[range.count, hidden]`.
  func own(_ range: Range<Int>) -> ArraySlice<Float> { own.rows(range) }

  /// The cloud has answered for a position: what came back before it takes effect.
  ///
  /// - Parameter start: no position before this one is ever taken back.
  /// - Returns: the position before which no state will be wanted again.
  mutating func note(asked position: Int, start: Int) -> Int {
    asked.append(position)
    let kept = asked.last { $0 <= start } ?? 0
    asked.removeAll { $0 < kept }
    own.drop(before: kept)
    return kept
  }

  /// The text changes from this position on.
  mutating func rollBack(to position: Int) {
    asked.removeAll { $0 > position }
    own.truncate(to: position)
  }
}
