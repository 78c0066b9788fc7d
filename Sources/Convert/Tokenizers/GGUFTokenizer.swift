import CleaveModel
import CleaveStorage
import CleaveText

/// Reads the tokenizer of a GGUF file and its special tokens.
package enum GGUFTokenizer {
  /// The tokenizer of a GGUF file, which may hold nothing else.
  package static func tokenizer(path: String) throws -> Tokenizer {
    let gguf = try GGUFFile(path: path)
    let tokens = try gguf.required(
      gguf.strings("tokenizer.ggml.tokens"), "tokenizer.ggml.tokens")
    return try read(gguf, vocabularySize: tokens.count, keepsTemplate: false).tokenizer
  }

  /// Reads tokenizer, special tokens and chat template.
  ///
  /// - Parameter keepsTemplate: whether to read the chat template.
  static func read(
    _ gguf: GGUFFile, vocabularySize: Int, keepsTemplate: Bool = true
  ) throws -> ImportedTokenizer {
    func id(_ name: String) throws -> Int? { try gguf.int("tokenizer.ggml.\(name)_token_id") }
    if let model = try gguf.string("tokenizer.ggml.model"), ["llama", "t5"].contains(model) {
      return try sentencePiece(
        gguf, vocabularySize: vocabularySize, keepsTemplate: keepsTemplate)
    }
    let vocabulary = GGUFVocabulary(
      file: gguf.file.path,
      model: try gguf.required(gguf.string("tokenizer.ggml.model"), "tokenizer.ggml.model"),
      pre: try gguf.string("tokenizer.ggml.pre"),
      tokens: try gguf.required(gguf.strings("tokenizer.ggml.tokens"), "tokenizer.ggml.tokens"),
      types: try gguf.ints("tokenizer.ggml.token_type"),
      merges: try gguf.required(gguf.strings("tokenizer.ggml.merges"), "tokenizer.ggml.merges"),
      bos: try id("bos"), eos: try id("eos"),
      addBOS: try gguf.bool("tokenizer.ggml.add_bos_token"),
      addEOS: try gguf.bool("tokenizer.ggml.add_eos_token"))
    let ends = [try id("eos"), try id("eot"), try id("eom")].compactMap { $0 }
    let json = try vocabulary.tokenizerJSON()
    return try ImportedTokenizer(
      JSONNode(json, file: gguf.file.path, path: "tokenizer"), text: .made(try text(json, gguf)),
      tokens: SpecialTokens(
        beginOfText: try id("bos"),
        endOfText: Set(ends + vocabulary.controlTokens(named: endNames)).sorted(),
        chatTemplate: keepsTemplate ? try gguf.string("tokenizer.chat_template") : nil,
        named: try named(gguf)),
      vocabularySize: vocabularySize)
  }

  /// Reads a SentencePiece vocabulary: characters with scores.
  private static func sentencePiece(
    _ gguf: GGUFFile, vocabularySize: Int, keepsTemplate: Bool
  ) throws -> ImportedTokenizer {
    func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }
    func id(_ name: String) throws -> Int? { try gguf.int(key("\(name)_token_id")) }
    let vocabulary = try GGUFSentencePieceReader(gguf).vocabulary()
    let json = try vocabulary.tokenizerJSON()
    let ends = vocabulary.pieces.indices.filter {
      vocabulary.pieces[$0].kind == .control && endNames.contains(vocabulary.pieces[$0].text)
    }
    return try ImportedTokenizer(
      JSONNode(json, file: gguf.file.path, path: "tokenizer"), text: .made(try text(json, gguf)),
      tokens: SpecialTokens(
        beginOfText: try id("bos"),
        endOfText: Set([try id("eos"), try id("eot"), try id("eom")].compactMap { $0 } + ends)
          .sorted(),
        chatTemplate: keepsTemplate ? try gguf.string("tokenizer.chat_template") : nil,
        named: try named(gguf)),
      vocabularySize: vocabularySize)
  }

  /// The names of control tokens that end a turn or a text. Files often state only the id that ends
  /// a text, and a chat would run past the end of its turn; llama.cpp also recognizes these names.
  static let endNames: Set = [
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>",
    "<end_of_turn>",
  ]

  /// The tokens that chat templates can use, by the names that transformers has for them.
  private static func named(_ gguf: GGUFFile) throws -> [String: String] {
    guard let tokens = try gguf.strings("tokenizer.ggml.tokens") else { return [:] }
    let keys = [
      ("bos", "bos"), ("eos", "eos"), ("unknown", "unk"), ("seperator", "sep"), ("padding", "pad"),
      ("cls", "cls"), ("mask", "mask"),
    ]
    var named: [String: String] = [:]
    for (key, role) in keys {
      guard let id = try gguf.int("tokenizer.ggml.\(key)_token_id"), tokens.indices.contains(id)
      else { continue }
      named["\(role)_token"] = tokens[id]
    }
    return named
  }

  private static func text(_ json: JSON, _ gguf: GGUFFile) throws -> [UInt8] {
    let text = Array((json.text() + "\n").utf8)
    guard text.count <= FileSystem.largestJSON else {
      throw InputError(
        file: gguf.file.path, location: "tokenizer", found: "\(text.count) bytes of JSON",
        expected: "at most the \(FileSystem.largestJSON) that are read back")
    }
    return text
  }
}
