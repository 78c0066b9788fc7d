/// The hidden states of one session in packed form, from position 0 on. They are kept because the cloud may
/// lose them, and what is resent must be the same to the bit. The log holds at most as many positions as the
/// model's context, one row each.
struct UploadLog {
  private let codec: StatesCodec
  /// `[positions, codec.positionBytes]`
  private var rows: [UInt8] = []

  init(_ codec: StatesCodec) { self.codec = codec }

  var positions: Int { rows.count / codec.positionBytes }

  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  mutating func append(_ states: [Float]) { rows += codec.encode(states) }

  /// - Parameter tokens: of the positions that follow, in a log of tokens.
  mutating func append(tokens: some Collection<Int>) {
    precondition(codec.format == .tokens)
    rows += StatesCodec.encode(tokens)
  }

  /// Drops the states from this position on.
  mutating func truncate(to positions: Int) {
    precondition(positions <= self.positions)
    rows.removeLast(rows.count - positions * codec.positionBytes)
  }

  /// - Parameter range: at most `Message.mostPositions`.
  func states(_ range: Range<Int>, compressed: Bool) -> Message.States {
    let bytes = Array(
      rows[(range.lowerBound * codec.positionBytes)..<(range.upperBound * codec.positionBytes)])
    return codec.message(bytes, first: range.lowerBound, compressed: compressed)
  }
}
