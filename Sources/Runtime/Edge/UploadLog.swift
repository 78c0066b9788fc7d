/// What the edge has sent, or is about to, as it was packed: the cloud may lose it, and what it is given
/// again must be the same to the bit. At most the context's positions, a row each.
struct UploadLog {
  private let codec: StatesCodec
  /// `[positions, codec.positionBytes]`
  private var rows: [UInt8] = []

  init(_ codec: StatesCodec) { self.codec = codec }

  var positions: Int { rows.count / codec.positionBytes }

  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  mutating func append(_ states: [Float]) { rows += codec.encode(states) }

  /// Forgets positions from this one on.
  mutating func truncate(to positions: Int) {
    precondition(positions <= self.positions)
    rows.removeLast(rows.count - positions * codec.positionBytes)
  }

  /// - Parameter range: at most `Message.mostPositions`.
  func message(_ range: Range<Int>, compressed: Bool) -> Message {
    let bytes = Array(
      rows[(range.lowerBound * codec.positionBytes)..<(range.upperBound * codec.positionBytes)])
    return .states(codec.message(bytes, first: range.lowerBound, compressed: compressed))
  }
}
