import CleaveRuntime

extension StatesEncoding.Format {
  /// The share of the cloud's answers that are others than with the states as they are: as measured of SmolLM2, int8
  /// activations (specs/protocol.md, "Encodings"). Those of another model may be more or fewer.
  var differing: Double {
    switch self {
    case .float32, .tokens: 0
    case .float16: 0.032
    case .int8: 0.036
    case .int4: 0.057
    }
  }
}
