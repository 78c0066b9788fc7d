import CleaveModel
import CleaveStorage
import CleaveText

/// An artifact's tokenizer as `tokenizer.ggml.*` metadata: the reverse of `GGUFVocabulary`. What the
/// format has no word for is refused by name, or noted where it hardly matters.
package struct GGUFTokenizerExport {
  private let tokens: SpecialTokens
  private let vocabularySize: Int
  private let node: JSONNode
  private let tokenizer: Tokenizer
  private let isPhi3: Bool

  init(_ artifact: Artifact) throws {
    try self.init(
      try artifact.tokenizerJSON(), tokens: artifact.manifest.tokens,
      vocabularySize: artifact.manifest.configuration.vocabularySize,
      isPhi3: artifact.manifest.configuration.architecture == Family.phi3.name)
  }

  /// - Parameters:
  ///   - node: a tokenizer.json.
  ///   - tokens: ids within the vocabulary.
  ///   - isPhi3: whether the file says that it is a Phi-3, whose special tokens take the white space
  ///     after them.
  package init(
    _ node: JSONNode, tokens: SpecialTokens, vocabularySize: Int, isPhi3: Bool = false
  ) throws {
    self.node = node
    self.isPhi3 = isPhi3
    self.tokens = tokens
    self.vocabularySize = vocabularySize
    tokenizer = try Tokenizer(node)
    guard tokenizer.vocabularySize <= vocabularySize else {
      throw InputError(
        file: node.file, found: "\(tokenizer.vocabularySize) tokens",
        expected: "at most the model's vocabulary of \(vocabularySize)")
    }
  }

  package func metadata(_ notes: inout [String]) throws -> [(key: String, value: GGUFWriter.Value)]
  {
    let (texts, types) = try vocabulary()
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
    if let template = tokens.chatTemplate {
      fields.append(("tokenizer.chat_template", .string(template)))
    }
    if tokens.endOfText.isEmpty {
      notes.append("the artifact names no token that ends a text; llama.cpp takes one of its own")
    }
    if try model().optional("unk_token") != nil, !tokenizer.hasEveryByte {
      notes.append(
        "bytes without a token of their own become the unknown token here, and nothing in llama.cpp"
      )
    }
    return fields
  }

  /// llama.cpp goes by the name for the special tokens of Phi-3, which take the white space after them, and
  /// asks for these among them.
  private var hasPhi3Tokens: Bool {
    isPhi3
      && ["</s>", "<unk>", "<s>", "<|endoftext|>"].allSatisfy { tokenizer.id(of: $0) != nil }
  }

  private func takesSpaceAfter() throws -> Bool {
    try node.optional("added_tokens")?.elements().contains {
      try $0.optional("rstrip")?.bool() ?? false
    } ?? false
  }

  /// What kind of vocabulary it is, first the model and how texts are cut, then what ranks its merges.
  private func kind(_ notes: inout [String]) throws -> [(key: String, value: GGUFWriter.Value)] {
    guard tokenizer.isByteLevel else {
      return try GGUFPiecesExport(node, tokenizer, count: vocabularySize).fields(&notes)
    }
    let kind = try preTokenizer()
    if try node.optional("normalizer") != nil {
      notes.append("llama.cpp does not compose texts (NFC) before it cuts them")
    }
    return [
      ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string(kind.name)),
      ("tokenizer.ggml.merges", .strings(try merges())),
    ]
  }

  private static func id(_ name: String, _ id: Int) -> (key: String, value: GGUFWriter.Value) {
    ("tokenizer.ggml.\(name)_token_id", .uint32(UInt32(id)))
  }

  private func model() throws -> JSONNode { try node.required("model") }
}

// MARK: - Tokens

extension GGUFTokenizerExport {
  /// Every id of the model has a token: those that the tokenizer leaves out are named and unused.
  private func vocabulary() throws -> (texts: [String], types: [Int32]) {
    var texts: [String] = []
    var types = [GGUFVocabulary.TokenType](repeating: .normal, count: vocabularySize)
    for id in 0..<vocabularySize {
      if let text = tokenizer.token(of: id) {
        texts.append(text)
      } else {
        texts.append(unusedName(id))
        types[id] = .unused
      }
    }
    for token in try node.optional("added_tokens")?.elements() ?? [] {
      for option in ["lstrip", "rstrip", "single_word"] {
        guard let flag = try token.optional(option), try flag.bool() else { continue }
        if option == "rstrip", hasPhi3Tokens { continue }
        throw flag.refuse(expected: "false: GGUF has no word for it")
      }
      let isSpecial = try token.optional("special")?.bool() ?? false
      types[try token.required("id").int(in: 0...(vocabularySize - 1))] =
        isSpecial ? .control : .userDefined
    }
    if !tokenizer.isByteLevel { markPieces(texts, &types) }
    return (texts, types.map { Int32($0.rawValue) })
  }

  /// Bytes and the unknown token have types of their own in a vocabulary of characters.
  private func markPieces(_ texts: [String], _ types: inout [GGUFVocabulary.TokenType]) {
    for byte in UInt8.min...UInt8.max {
      if let id = tokenizer.byteToken(byte) { types[id] = .byte }
    }
    if let unknown = try? model().optional("unk_token")?.string(),
      let id = tokenizer.id(of: unknown)
    {
      types[id] = .unknown
    }
  }

  private func unusedName(_ id: Int) -> String {
    var name = "[PAD\(id)]"
    while tokenizer.id(of: name) != nil { name += "_" }
    return name
  }

  /// `"a b"`, best first.
  private func merges() throws -> [String] {
    let node = try model().required("merges")
    var seen: Set<[UInt8]> = []
    return try node.elements().map { merge in
      let text: String
      if case .array = merge.value {
        let parts = try merge.elements().map { try $0.string() }
        guard parts.count == 2, !parts.contains(where: { $0.utf8.contains(0x20) }) else {
          throw merge.refuse(
            expected: "two tokens without spaces, which GGUF separates by one",
            found: "\"\(parts.joined(separator: "\" \"").prefix(80))\"")
        }
        text = parts.joined(separator: " ")
      } else {
        text = try merge.string()
      }
      guard seen.insert(Array(text.utf8)).inserted else {
        throw merge.refuse(
          expected: "every merge once: llama.cpp takes the first, the tokenizers package the last")
      }
      return text
    }
  }
}

// MARK: - Pieces

extension GGUFTokenizerExport {
  /// By what it does, not by how the file spells it.
  private func preTokenizer() throws -> GGUFPreTokenizer {
    let found = try node.required("pre_tokenizer")
    let stages = try PreTokenizer(found)
    let match = try GGUFPreTokenizer.allCases.first {
      try PreTokenizer(JSONNode($0.preTokenizer, file: node.file)) == stages
    }
    if let normalizer = try node.optional("normalizer"),
      normalizer.value.text(pretty: false) != (match?.normalizer ?? .null).text(pretty: false),
      try normalizer.optional("normalizers")?.elements().isEmpty != true
    {
      throw normalizer.refuse(
        expected: "none: llama.cpp has no word for it", found: "a normalizer")
    }
    guard let match else {
      throw found.refuse(
        expected: "the pre-tokenizer of one of "
          + GGUFPreTokenizer.allCases.map(\.name).joined(separator: ", "),
        found: "another one")
    }
    let ignored = try model().optional("ignore_merges")
    guard try ignored?.bool() ?? false == match.ignoresMerges else {
      throw try (ignored ?? model()).refuse(
        expected: "ignore_merges \(match.ignoresMerges), as \"\(match.name)\" has it")
    }
    return match
  }
}

// MARK: - Special tokens

extension GGUFTokenizerExport {
  /// The tokens around every text: the format has one on either side.
  private func addedAroundTexts() throws -> (bos: Int?, eos: Int?) {
    let (before, after) = tokenizer.tokensAroundText
    guard before.count <= 1, after.count <= 1 else {
      throw InputError(
        file: node.file, location: "post_processor",
        found: "\(before.count) tokens before a text and \(after.count) after it",
        expected: "at most one on either side")
    }
    if let bos = before.first, let stated = tokens.beginOfText, bos != stated {
      throw InputError(
        file: node.file, location: "post_processor", found: "the token \(bos) before a text",
        expected: "\(stated), the manifest's begin_of_text: GGUF has room for one")
    }
    return (before.first, after.first)
  }

  /// llama.cpp ends a text at its eos, eot and eom tokens and at control tokens of certain names, and
  /// so does an import. The token that ends a chat's turn goes first, or the one put after texts.
  private func endTokens(
    first after: Int?, types: [Int32]
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    let turnEnds = ["<|im_end|>", "<|eot_id|>", "<|end|>", "<end_of_turn>"].compactMap(
      tokenizer.id(of:))
    let all = tokens.endOfText
    guard let first = after ?? turnEnds.first(where: all.contains) ?? all.first else { return [] }
    let others = all.filter { id in
      let isNamed = tokenizer.token(of: id).map(GGUFTokenizer.endNames.contains) ?? false
      let isControl = types[id] == Int32(GGUFVocabulary.TokenType.control.rawValue)
      return id != first && !(isNamed && isControl)
    }
    guard others.count <= 2 else {
      throw InputError(
        file: node.file, location: "tokens.end_of_text", found: "\(others.count + 1) tokens",
        expected: "at most three, eos, eot and eom, beside those that go by their names")
    }
    return [Self.id("eos", first)] + zip(["eot", "eom"], others).map { Self.id($0, $1) }
  }
}
