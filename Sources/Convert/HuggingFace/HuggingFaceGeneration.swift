import CleaveStorage

/// The settings of generation_config.json that transformers' `generate()` applies to the logits.
enum HuggingFaceGeneration {
  static let file = "generation_config.json"

  /// The settings with the values that do nothing.
  private static let neutral: [(name: String, value: JSON?)] = [
    ("repetition_penalty", .integer(1)), ("encoder_repetition_penalty", .integer(1)),
    ("no_repeat_ngram_size", .integer(0)), ("suppress_tokens", nil),
    ("begin_suppress_tokens", nil), ("bad_words_ids", nil), ("sequence_bias", nil),
    ("forced_bos_token_id", nil), ("forced_eos_token_id", nil), ("min_length", .integer(0)),
    ("min_new_tokens", nil), ("guidance_scale", .integer(1)),
  ]

  /// The settings of a directory that change which token is chosen, as `name value`.
  static func notApplied(directory: String) throws -> [String] {
    let path = "\(directory)/\(file)"
    guard FileSystem.exists(path) else { return [] }
    let settings = try FileSystem.readJSON(path)
    return try neutral.compactMap { name, neutral in
      guard let node = try settings.optional(name), !isNeutral(node, neutral) else { return nil }
      if case .array(let list) = node.value { return "\(name) (a list of \(list.count))" }
      return "\(name) \(node.value.text())"
    }
  }

  private static func isNeutral(_ node: JSONNode, _ neutral: JSON?) -> Bool {
    if case .array(let list) = node.value { return list.isEmpty }
    if case .integer(let neutral)? = neutral, let number = try? node.number() {
      return number == Double(neutral)
    }
    return false
  }
}
