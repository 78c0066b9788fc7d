import CleaveStorage

extension Tokenizer {
  private static let members = [
    "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
    "post_processor", "decoder", "model",
  ]

  /// Reads a `tokenizer.json`. Settings that would give other ids than the tokenizers package are
  /// refused by name. `truncation` and `padding` are ignored: they serve batches in training, and
  /// transformers resets them at each call.
  package init(_ node: JSONNode) throws {
    try Self.checkMembers(node)
    let model = try node.required("model")
    let unigram = try UnigramModel.isUnigram(model) ? UnigramModel(model) : nil
    try self.init(TokenizerTables(compiling: node), settings: node, unigram: unigram)
  }

  /// - Parameter settings: a tokenizer.json, whose `model.vocab` and `model.merges` are not read.
  init(
    _ tables: TokenizerTables, settings node: JSONNode, unigram: UnigramModel? = nil
  ) throws {
    try Self.checkMembers(node)
    self.tables = tables
    self.unigram = unigram
    let normalizer = try Normalizer(node.optional("normalizer"))
    self.normalizer = normalizer
    preTokenizer = try PreTokenizer(node.optional("pre_tokenizer"))
    let isByteLevel = preTokenizer.isByteLevel
    let model = try node.required("model")
    if unigram == nil { try BytePairModel.checkOptions(model, isByteLevel: isByteLevel) }
    guard unigram == nil || !isByteLevel else {
      throw try model.required("type").refuse(expected: "BPE with a ByteLevel pre-tokenizer")
    }
    looksUpWholePieces = unigram == nil ? try model.flag("ignore_merges", default: false) : false
    symbols = isByteLevel ? nil : try CharacterSymbols(model, tables)
    let decoder = try node.required("decoder")
    if isByteLevel { try Self.checkByteDecoder(decoder) }
    pieceDecoder = isByteLevel ? nil : try PieceDecoder(decoder)
    addedTokens = try AddedTokens(
      try node.optional("added_tokens")?.elements() ?? [], normalizer
    ) {
      try tables.resolve($0, $1)
    }
    postProcessor =
      try node.optional("post_processor").map { try PostProcessor($0, tables: tables) }
      ?? PostProcessor()
  }

  /// Checks the members outside the model.
  private static func checkMembers(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    if let version = try node.optional("version"), !(try version.string().isSame("1.0")) {
      throw version.refuse(expected: "\"1.0\"")
    }
  }

  private static func checkByteDecoder(_ node: JSONNode) throws {
    guard try node.type().string().isSame("ByteLevel") else {
      throw try node.type().refuse(expected: "ByteLevel, like the pre-tokenizer")
    }
    try node.allow(only: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
  }
}
