import CleaveStorage

/// The number formats that the engine computes with. Edge, cloud and whole model say the same only if they compute alike, so
/// the edge tells the cloud and the cloud refuses another.
package struct Numerics: Hashable, Sendable {
  /// The numbers that quantized weights are multiplied with.
  package enum Activations: String, CaseIterable, Sendable {
    /// Each 32 activations rounded to 8 bits with a scale, once for all matrices that read them:
    /// products in integers. Float weights are multiplied in float32 all the same.
    case int8
    /// Weights are dequantized instead: slow, and what transformers computes.
    case float32
  }

  /// The number format of keys and values in the KV cache.
  package enum Cache: String, CaseIterable, Sendable {
    case f16, f32
    /// 8 bits a number, with a scale in float16 for every 32 of a head.
    case q8_0
  }

  package var activations: Activations
  package var cache: Cache

  package init(activations: Activations, cache: Cache) {
    self.activations = activations
    self.cache = cache
  }

  /// The default.
  package static let standard = Numerics(activations: .int8, cache: .f16)
  /// float32 throughout: for judging what quantization costs.
  package static let exact = Numerics(activations: .float32, cache: .f32)
}

extension Numerics: CustomStringConvertible {
  package var description: String {
    "\(activations.rawValue) activations and a KV cache of \(cache.rawValue)"
  }
}

extension Numerics {
  package var json: JSON {
    ["activations": .string(activations.rawValue), "kv_cache": .string(cache.rawValue)]
  }
}
