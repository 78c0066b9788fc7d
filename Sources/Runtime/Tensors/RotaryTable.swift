import CleaveModel
import Glibc

/// The cosines and sines of RoPE (Su et al. 2021) for every position asked so far: `[positions, headDimension / 2]` each.
struct RotaryTable {
  let headDimension: Int
  private let inverseFrequencies: [Float]
  private let factor: Float
  private(set) var positions = 0
  private(set) var cosines: [Float] = []
  private(set) var sines: [Float] = []

  /// - Parameter rope: nil for a table that turns nothing.
  init(_ rope: RoPE?, _ configuration: ModelConfiguration) {
    headDimension = configuration.headDimension
    factor = rope?.attentionFactor ?? 1
    inverseFrequencies =
      rope?.inverseFrequencies(
        headDimension: headDimension, contextLength: configuration.contextLength)
      ?? [Float](repeating: 0, count: headDimension / 2)
  }

  /// Grows the table to cover positions `0 ..< count`. Angles are float32 products, as in the
  /// reference implementations; their cosine is the system library's,
  /// rounded from double.
  mutating func cover(_ count: Int) {
    guard count > positions else { return }
    for position in positions..<count {
      for frequency in inverseFrequencies {
        let angle = Double(Float(position) * frequency)
        // A pair that is not rotated is not scaled either.
        let factor = frequency == 0 ? 1 : factor
        cosines.append(Float(cos(angle)) * factor)
        sines.append(Float(sin(angle)) * factor)
      }
    }
    positions = count
  }
}

/// The RoPE tables of a model: first the one of blocks that attend to all positions, then the one of blocks
/// that attend to a window, and last, where some blocks have no RoPE, one that turns nothing.
struct RotaryTables {
  private var tables: [RotaryTable]

  init(_ configuration: ModelConfiguration) {
    tables = configuration.ropes.map { RotaryTable($0, configuration) }
    if !configuration.unrotatedBlocks.isEmpty { tables.append(RotaryTable(nil, configuration)) }
  }

  mutating func cover(_ count: Int) {
    for index in tables.indices { tables[index].cover(count) }
  }

  /// The table of blocks with this kind of attention.
  subscript(kind: AttentionKind) -> RotaryTable {
    tables[!kind.isRotated ? tables.count - 1 : kind.isLocal ? 1 : 0]
  }
}
