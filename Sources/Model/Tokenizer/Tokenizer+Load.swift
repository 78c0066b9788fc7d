extension Tokenizer {
  private static let members = [
    "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
    "post_processor", "decoder", "model",
  ]

  /// Reads a `tokenizer.json`. Whatever would tokenize differently from the tokenizers package is
  /// refused by name. `truncation` and `padding` are for batches that training makes, and transformers
  /// resets them at every call: what they say is of no account here.
  public init(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    if let version = try node.optional("version"), !(try version.string().isSame("1.0")) {
      throw version.refuse(expected: "\"1.0\"")
    }
    try Self.checkNormalizer(node)
    try Self.checkDecoder(node.required("decoder"))
    preTokenizer = try PreTokenizer(node.required("pre_tokenizer"))

    let model = try node.required("model")
    let added = try node.optional("added_tokens")?.elements() ?? []
    let count = try model.required("vocab").object().members.count + added.count
    var vocabulary = Vocabulary(tokens: count)
    self.model = try BytePairModel(model, vocabulary: &vocabulary)
    addedTokens = try AddedTokens(added, vocabulary: &vocabulary)
    postProcessor =
      try node.optional("post_processor").map { try PostProcessor($0, vocabulary: vocabulary) }
      ?? PostProcessor()
    self.vocabulary = vocabulary
  }

  private static func checkNormalizer(_ node: JSONNode) throws {
    guard let normalizer = try node.optional("normalizer") else { return }
    let expected = "null or an empty Sequence"
    let type = try normalizer.type()
    guard try type.string().isSame("Sequence") else { throw type.refuse(expected: expected) }
    try normalizer.allow(only: ["type", "normalizers"])
    if let first = try normalizer.required("normalizers").elements().first {
      throw try first.type().refuse(expected: expected)
    }
  }

  private static func checkDecoder(_ node: JSONNode) throws {
    guard try node.type().string().isSame("ByteLevel") else {
      throw try node.type().refuse(expected: "ByteLevel")
    }
    try node.allow(only: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
  }
}
