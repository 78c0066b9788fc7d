import CleaveStorage

extension Tokenizer {
  private static let members = [
    "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
    "post_processor", "decoder", "model",
  ]

  /// Reads a `tokenizer.json`. Whatever would tokenize differently from the tokenizers package is
  /// refused by name. `truncation` and `padding` are for batches that training makes, and transformers
  /// resets them at every call: what they say is of no account here.
  package init(_ node: JSONNode) throws {
    try Self.checkFrame(node)
    let model = try node.required("model")
    let unigram = try UnigramModel.isUnigram(model) ? UnigramModel(model) : nil
    try self.init(TokenizerTables(compiling: node), settings: node, unigram: unigram)
  }

  /// - Parameter settings: a tokenizer.json, of which `model.vocab` and `model.merges` are not read.
  init(
    _ tables: TokenizerTables, settings node: JSONNode, unigram: UnigramModel? = nil
  ) throws {
    try Self.checkFrame(node)
    self.tables = tables
    self.unigram = unigram
    let normalizer = try Normalizer(node.optional("normalizer"))
    self.normalizer = normalizer
    preTokenizer = try PreTokenizer(node.optional("pre_tokenizer"))
    let isByteLevel = preTokenizer.isByteLevel
    let model = try node.required("model")
    if unigram == nil { try BytePairModel.checkOptions(model, isByteLevel: isByteLevel) }
    guard unigram == nil || !isByteLevel else {
      throw try model.required("type").refuse(expected: "BPE beside a ByteLevel")
    }
    looksPiecesUp = unigram == nil ? try model.flag("ignore_merges", default: false) : false
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

  /// What stands around the model.
  private static func checkFrame(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    if let version = try node.optional("version"), !(try version.string().isSame("1.0")) {
      throw version.refuse(expected: "\"1.0\"")
    }
  }

  private static func checkByteDecoder(_ node: JSONNode) throws {
    guard try node.type().string().isSame("ByteLevel") else {
      throw try node.type().refuse(expected: "ByteLevel, as the pre-tokenizer has it")
    }
    try node.allow(only: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
  }
}
