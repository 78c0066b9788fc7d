import CleaveStorage

extension BuildResult {
  static let qualityHeader = [
    "text", "tokens scored", "perplexity", "the source's", "KL divergence", "99 % of tokens below",
    "same most probable token",
  ]

  /// The whole model beside its source, on the text of the recipe; empty where it names none.
  ///
  /// - Throws: `InputError` for facts of the stage that say something else.
  var qualityRows: [[String]] {
    get throws {
      guard let stage = stages.first(where: { $0.name == "quality" }) else { return [] }
      let facts = JSONNode(stage.entry.facts, file: stage.name)
      let source = try facts.required("reference")
      func value(_ node: JSONNode, _ key: String) throws -> Double {
        try node.required(key).required("value").number()
      }
      return [
        [
          try facts.required("data").required("name").string(),
          "\(try facts.required("scored_tokens").int())",
          try value(facts.required("model"), "perplexity").milli,
          try value(source, "perplexity").milli, Self.nats(try value(source, "divergence")),
          Self.nats(try source.required("divergence_99_percent").number()),
          Self.percent(try value(source, "top_agreement")),
        ]
      ]
    }
  }

  /// A divergence in nats, which may be far below a thousandth.
  private static func nats(_ value: Double) -> String {
    value < 0.001 ? "\((value * 1e7).rounded() / 1e7)" : value.milli
  }

  static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}
