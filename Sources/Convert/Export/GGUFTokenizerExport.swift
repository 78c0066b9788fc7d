import CleaveModel
import CleaveStorage
import CleaveText

/// Writes an artifact's tokenizer as `tokenizer.ggml.*` metadata: the reverse of `GGUFVocabulary`.
/// A setting that the format cannot express is an error that names it, or a note where it hardly
/// matters.
package struct GGUFTokenizerExport {
  let tokens: SpecialTokens
  let vocabularySize: Int
  let node: JSONNode
  let tokenizer: Tokenizer
  private let isPhi3: Bool

  init(_ artifact: Artifact) throws {
    try self.init(
      try artifact.tokenizerJSON(), tokens: artifact.manifest.tokens,
      vocabularySize: artifact.manifest.configuration.vocabularySize,
      isPhi3: artifact.manifest.configuration.architecture == Family.phi3.name)
  }

  /// - Parameters: - node: a tokenizer.json. - tokens: the special tokens, ids below
  ///   `vocabularySize`. - isPhi3: whether the model is a Phi-3, whose special tokens also consume
  ///   the white space after them.
  package init(
    _ node: JSONNode, tokens: SpecialTokens, vocabularySize: Int, isPhi3: Bool = false
  ) throws {
    self.node = node
    self.isPhi3 = isPhi3
    self.tokens = tokens
    self.vocabularySize = vocabularySize
    tokenizer = try Tokenizer(node)
  }

  /// The metadata of the tokenizer; appends notes about what llama.cpp does differently.
  ///
  /// - Throws: `InputError` that names the first setting that GGUF cannot express.
  package func metadata(_ notes: inout [String]) throws -> [(key: String, value: GGUFWriter.Value)]
  {
    let (texts, types) = try vocabulary()
    let beyond = (vocabularySize..<max(vocabularySize, tokenizer.vocabularySize)).compactMap(
      tokenizer.token(of:))
    if !beyond.isEmpty {
      notes.append("left out, as the model has no embedding for it: \(NameList.short(beyond))")
    }
    let around = try addedAroundTexts()
    var fields = try kind(&notes)
    fields.insert(
      contentsOf: [
        ("tokenizer.ggml.tokens", .strings(texts)), ("tokenizer.ggml.token_type", .int32s(types)),
      ], at: 2)
    fields += [
      ("tokenizer.ggml.add_bos_token", .bool(around.bos != nil)),
      ("tokenizer.ggml.add_eos_token", .bool(around.eos != nil)),
    ]
    if try takesSpaceAfter() { fields.append(("general.name", .string("phi-3"))) }
    if let id = around.bos ?? tokens.beginOfText { fields.append(Self.id("bos", id)) }
    fields += try endTokens(first: around.eos, types: types)
    fields += namedTokens(besides: fields.map(\.key))
    if let template = tokens.chatTemplate {
      fields.append(("tokenizer.chat_template", .string(template)))
    }
    if tokens.endOfText.isEmpty {
      notes.append(
        "the artifact names no token that ends a text; llama.cpp chooses one by its own rules")
    }
    if try model().optional("unk_token") != nil, !tokenizer.hasEveryByte {
      notes.append(
        "bytes without a token of their own become the unknown token here; llama.cpp drops them"
      )
    }
    return fields
  }

  /// Whether llama.cpp will treat the special tokens as Phi-3's, which consume the white space
  /// after them. It decides by the model's name and the presence of these tokens.
  var hasPhi3Tokens: Bool {
    isPhi3
      && ["</s>", "<unk>", "<s>", "<|endoftext|>"].allSatisfy { tokenizer.id(of: $0) != nil }
  }

  private func takesSpaceAfter() throws -> Bool {
    try node.optional("added_tokens")?.elements().contains {
      try $0.optional("rstrip")?.bool() ?? false
    } ?? false
  }

  /// The fields of the vocabulary's kind: the tokenizer model, the pre-tokenizer, then what ranks
  /// the merges.
  private func kind(_ notes: inout [String]) throws -> [(key: String, value: GGUFWriter.Value)] {
    guard tokenizer.isByteLevel else {
      return try GGUFSentencePieceExport(node, tokenizer, count: vocabularySize).fields(&notes)
    }
    let kind = try preTokenizer()
    if try node.optional("normalizer") != nil {
      notes.append("llama.cpp does not compose texts (NFC) before it splits them")
    }
    return [
      ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string(kind.name)),
      ("tokenizer.ggml.merges", .strings(try merges())),
    ]
  }

  static func id(_ name: String, _ id: Int) -> (key: String, value: GGUFWriter.Value) {
    ("tokenizer.ggml.\(name)_token_id", .uint32(UInt32(id)))
  }

  func model() throws -> JSONNode { try node.required("model") }
}
