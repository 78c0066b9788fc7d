import CleaveStorage

/// Rotary frequencies divided one by one (Ding et al., arXiv 2402.13753), by one set of factors in contexts
/// as long as those of the training before and by another beyond.
///
/// The model's context length decides once which set is used: keys stay in the cache as they were rotated,
/// so that a set changed in the middle of a text would be neither model. (transformers looks at the length of each
/// text and starts the cache anew when it grows over the edge; llama.cpp decides by the context, as here.)
package struct LongRoPE: Equatable, Sendable {
  /// One factor for each rotated pair, for contexts up to `originalContext`; `long` is for longer ones.
  package var short: [Float]
  package var long: [Float]
  /// The longest context that the short factors serve.
  package var originalContext: Int
  /// The factor that cosines and sines are multiplied by.
  package var attentionFactor: Float

  package init(short: [Float], long: [Float], originalContext: Int, attentionFactor: Float) {
    self.short = short
    self.long = long
    self.originalContext = originalContext
    self.attentionFactor = attentionFactor
  }

  package func factors(contextLength: Int) -> [Float] {
    contextLength > originalContext ? long : short
  }
}

extension LongRoPE {
  private static let members = [
    "kind", "short_factors", "long_factors", "original_context", "attention_factor",
  ]

  init(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    func factors(_ name: String) throws -> [Float] {
      try node.required(name).elements().map { Float(try $0.positiveNumber()) }
    }
    short = try factors("short_factors")
    long = try factors("long_factors")
    originalContext = try node.required("original_context").int(in: 1...(1 << 30))
    attentionFactor = Float(try node.required("attention_factor").positiveNumber())
  }

  var json: JSON {
    func list(_ factors: [Float]) -> JSON {
      .array(factors.map { .real(Double($0.description) ?? Double($0)) })
    }
    return [
      "kind": "longrope", "short_factors": list(short), "long_factors": list(long),
      "original_context": .integer(Int64(originalContext)),
      "attention_factor": .real(Double(attentionFactor.description) ?? Double(attentionFactor)),
    ]
  }
}
