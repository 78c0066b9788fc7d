import CleaveModel
import Glibc

/// Cosines and sines of RoPE for every position asked so far: `[positions, headDimension / 2]` each.
struct RotaryTable {
  let headDimension: Int
  private let inverseFrequencies: [Float]
  private(set) var positions = 0
  private(set) var cosines: [Float] = []
  private(set) var sines: [Float] = []

  init(_ configuration: ModelConfiguration) {
    headDimension = configuration.headDimension
    inverseFrequencies = configuration.rope.inverseFrequencies(headDimension: headDimension)
  }

  /// Grows the table to cover positions `0 ..< count`. Angles are float32 products, as in the
  /// reference implementations; their cosine is the system library's,
  /// rounded from double.
  mutating func cover(_ count: Int) {
    guard count > positions else { return }
    for position in positions..<count {
      for frequency in inverseFrequencies {
        let angle = Double(Float(position) * frequency)
        cosines.append(Float(cos(angle)))
        sines.append(Float(sin(angle)))
      }
    }
    positions = count
  }
}
