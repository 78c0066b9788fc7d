import CleaveStorage

/// One weight of an exit before any training.
package enum InitialWeight: Sendable {
  /// The bytes of one of the model's tensors.
  case copy(Tensor)
  /// Zeros, of this logical shape.
  case zeros(shape: [Int])
  /// Values of one magnitude with random signs, of this logical shape.
  case signs(shape: [Int], magnitude: Float, random: CounterRandom)

  /// The tensor to write under a name. A copy keeps the type it has in the model; the others are F32.
  package func source(name: String) -> WeightSource {
    switch self {
    case .copy(let tensor): WeightSource(tensor, name: name)
    case .zeros(let shape): Self.generated(name, shape) { _ in 0 }
    case .signs(let shape, let magnitude, let random):
      Self.generated(name, shape, random) { Self.signed(magnitude, &$0) }
    }
  }

  /// All values of a weight that is not a copy, in order; nil for a copy.
  package var generatedValues: [Float]? {
    switch self {
    case .copy: return nil
    case .zeros(let shape): return Array(repeating: 0, count: shape.reduce(1, *))
    case .signs(let shape, let magnitude, var random):
      return (0..<shape.reduce(1, *)).map { _ in Self.signed(magnitude, &random) }
    }
  }

  private static func signed(_ magnitude: Float, _ random: inout CounterRandom) -> Float {
    random.next() >> 63 == 0 ? magnitude : -magnitude
  }

  /// Elements written at a time.
  private static let piece = 1 << 14

  private static func generated(
    _ name: String, _ shape: [Int], _ random: CounterRandom = CounterRandom(seed: 0),
    _ next: @escaping @Sendable (inout CounterRandom) -> Float
  ) -> WeightSource {
    let count = shape.reduce(1, *)
    return WeightSource(name: name, type: .f32, shape: shape) { write in
      var random = random
      for first in stride(from: 0, to: count, by: piece) {
        let bits = (first..<min(first + piece, count)).map { _ in
          next(&random).bitPattern.littleEndian
        }
        try bits.withUnsafeBytes(write)
      }
    }
  }
}
