extension Tokenizer {
  private static let members = [
    "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
    "post_processor", "decoder", "model",
  ]

  /// Reads a `tokenizer.json`. Whatever would tokenize differently from the tokenizers package is
  /// refused by name. `truncation` and `padding` are for batches that training makes, and transformers
  /// resets them at every call: what they say is of no account here.
  public init(_ node: JSONNode) throws {
    try Self.checkFrame(node)
    try self.init(TokenizerTables(compiling: node), settings: node)
  }

  /// - Parameter settings: a tokenizer.json, of which `model.vocab` and `model.merges` are not read.
  init(_ tables: TokenizerTables, settings node: JSONNode) throws {
    try Self.checkFrame(node)
    self.tables = tables
    preTokenizer = try PreTokenizer(node.required("pre_tokenizer"))
    let model = try node.required("model")
    try BytePairModel.checkOptions(model)
    looksPiecesUp = try model.flag("ignore_merges", default: false)
    addedTokens = try AddedTokens(try node.optional("added_tokens")?.elements() ?? []) {
      try tables.resolve($0, $1)
    }
    postProcessor =
      try node.optional("post_processor").map { try PostProcessor($0, tables: tables) }
      ?? PostProcessor()
  }

  /// What stands around the model.
  private static func checkFrame(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    if let version = try node.optional("version"), !(try version.string().isSame("1.0")) {
      throw version.refuse(expected: "\"1.0\"")
    }
    try Self.checkNormalizer(node)
    try Self.checkDecoder(node.required("decoder"))
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
