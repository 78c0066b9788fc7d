/// The hidden states that a session is to be sent back: packed, of the positions that ran and were not sent.
package struct UnsentStates {
  let feedback: Message.Feedback
  let codec: StatesCodec
  /// Positions whose states were sent, which are those before `rows`.
  private var sent = 0
  private var rows: [UInt8] = []  // [positions, codec.positionBytes]

  package init(_ feedback: Message.Feedback, hiddenSize: Int) {
    self.feedback = feedback
    codec = StatesCodec(feedback, hiddenSize: hiddenSize)
  }

  /// What a pass takes for it.
  var tap: CloudPass.Tap { CloudPass.Tap(depth: Int(feedback.depth), codec: codec) }

  /// Bytes that it takes when so many positions have run and none of those that follow was sent.
  package func bytes(positions: Int) -> Int {
    max(rows.capacity, max(0, positions - sent) * codec.positionBytes)
  }

  /// - Parameter packed: the states of the positions that ran next.
  ///
  /// - Parameter positions: as many positions will have run when the request is answered. The memory for them is taken
  ///   once, which is what `bytes(positions:)` charges.
  package mutating func append(_ packed: [UInt8], positions: Int = 0) {
    rows.reserveCapacity(max(rows.count + packed.count, (positions - sent) * codec.positionBytes))
    rows += packed
  }

  /// Drops the states from this position on: they will be others.
  package mutating func rollBack(to positions: Int) {
    let kept = max(0, positions - sent) * codec.positionBytes
    rows.removeLast(max(0, rows.count - kept))
    sent = min(sent, positions)
  }

  /// Takes the states before a position, which count as sent.
  ///
  /// - Returns: messages of at most `Message.mostPositions`; none where all were sent.
  package mutating func take(before position: Int) -> [Message.Returned] {
    let end = min(position, sent + rows.count / codec.positionBytes)
    guard end > sent else { return [] }
    let messages = stride(from: sent, to: end, by: Message.mostPositions).map { first in
      let positions = first..<min(first + Message.mostPositions, end)
      let bytes =
        (positions.lowerBound - sent) * codec.positionBytes..<(positions.upperBound - sent)
        * codec.positionBytes
      return Message.Returned(
        firstPosition: UInt32(first), count: UInt32(positions.count), data: Array(rows[bytes]))
    }
    rows = Array(rows[((end - sent) * codec.positionBytes)...])
    sent = end
    return messages
  }

  /// Begins again: everything will come, run and be sent once more.
  package mutating func clear() {
    sent = 0
    rows = []
  }
}
