/// The hidden states that have come back from the cloud in one session, unpacked, by position and without a gap.
/// The cloud may send some again; they are the same.
struct ReturnedRows {
  private let codec: StatesCodec
  private var log: RowLog

  init(_ feedback: Message.Feedback, hiddenSize: Int) {
    codec = StatesCodec(feedback, hiddenSize: hiddenSize)
    log = RowLog(width: hiddenSize)
  }

  /// Positions whose states have come back.
  var positions: Int { log.end }

  /// Takes states that come back.
  ///
  /// - Parameters:
  ///   - asked: the position that was asked about: the cloud has run those before it.
  ///   - valid: the positions whose tokens are still those that the cloud ran.
  /// - Throws: `MessageError` for states of positions that were not run or that leave a gap, and for bytes that
  ///   are no states.
  mutating func take(
    _ returned: Message.Returned, asked: Int, valid: Int
  ) throws(MessageError) {
    let (first, count) = (Int(returned.firstPosition), Int(returned.count))
    guard (1...Message.mostPositions).contains(count), first <= asked - count else {
      throw MessageError(
        "the cloud sent \(count) states back from position \(first); expected 1 to"
          + " \(Message.mostPositions) before position \(asked)")
    }
    let rows = try codec.decode(returned.data, count: count)
    let wanted = log.end..<max(log.end, min(first + count, valid))
    guard !wanted.isEmpty else { return }
    guard first <= log.end else {
      throw MessageError(
        "the cloud sent states back from position \(first); those from \(log.end) are missing")
    }
    log.append(
      rows[(wanted.lowerBound - first) * log.width..<(wanted.upperBound - first) * log.width])
  }

  /// Drops the states from this position on: the text is another.
  mutating func rollBack(to position: Int) { log.truncate(to: position) }

  /// The states of some positions: `[range.count, hidden]`. Those before `kept` will not be wanted again.
  mutating func rows(_ range: Range<Int>, keepingFrom kept: Int) -> [Float] {
    let rows = Array(log.rows(range))
    log.drop(before: kept)
    return rows
  }
}
