import CleaveModel

/// Where the sequences of a batch stand: each has a slot, whose positions only rise until it is released.
struct BatchSlots {
  /// Memory for KV caches, of which the number of slots follows.
  private static let cacheBytes = 1 << 29
  private static let most = 48

  private var positions: [Int]

  var count: Int { positions.count }

  init(count: Int) {
    precondition(count > 0)
    positions = Array(repeating: 0, count: count)
  }

  /// As many sequences as are worth running side by side.
  static func affordable(
    _ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int, positions: Int
  ) -> Int {
    let bytes = BatchCache.slotBytes(
      configuration, numerics, blockCount: blockCount, positions: positions)
    return max(1, min(most, cacheBytes / max(1, bytes)))
  }

  mutating func release(_ slot: Int) { positions[slot] = 0 }

  /// The columns of pieces, whose slots differ, one piece after another; their slots go on by them.
  mutating func advance(by pieces: [BatchEngine.Piece]) -> [BatchSpan] {
    var spans: [BatchSpan] = []
    var column = 0
    for piece in pieces {
      spans.append(
        BatchSpan(
          slot: piece.slot, position: positions[piece.slot], column: column,
          count: piece.tokens.count))
      positions[piece.slot] += piece.tokens.count
      column += piece.tokens.count
    }
    return spans
  }
}
