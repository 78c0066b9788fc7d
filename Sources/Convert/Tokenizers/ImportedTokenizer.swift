import CleaveModel
import CleaveStorage
import CleaveText

/// A tokenizer in Hugging Face's format with its special tokens. The JSON is kept as text, because
/// the parsed tree of a large one takes hundreds of megabytes.
struct ImportedTokenizer {
  enum Text {
    /// The path of a tokenizer.json that is copied unchanged.
    case file(String)
    case made([UInt8])
  }

  let text: Text
  let tokens: SpecialTokens
  /// The tokenizer itself, written as compiled tables beside the text.
  let tokenizer: Tokenizer
  /// Added tokens whose ids are beyond the model's vocabulary: the model has no embedding for them, and
  /// a text with one is refused.
  let withoutEmbedding: [String]

  /// Checks that this tool can run the tokenizer and that its ids are within the model's
  /// vocabulary, but for added tokens.
  ///
  /// - Parameters: - node: the tokenizer.json that `text` holds. - size: the size of the model's
  ///   vocabulary. - named: tokens by role, whose BOS takes precedence over the id in `tokens`, and
  ///   whose EOS ends a text too.
  /// - Throws: `InputError` if the tokenizer, an id or the chat template is not supported.
  init(
    _ node: JSONNode, text: Text, tokens: SpecialTokens,
    named: [(role: String, token: StatedToken)] = [], vocabularySize size: Int
  ) throws {
    let tokenizer = try Tokenizer(node)
    withoutEmbedding = try Self.tokens(of: tokenizer, beyond: size, file: node.file)
    let ids = tokens.endOfText + [tokens.beginOfText].compactMap { $0 }
    if let id = ids.first(where: { $0 >= size }) {
      throw InputError(
        file: node.file, location: "special token ids", found: "\(id)",
        expected: "less than the vocabulary of \(size)")
    }
    if let template = tokens.chatTemplate { try Self.check(template, file: node.file) }
    self.text = text
    self.tokenizer = tokenizer
    var tokens = tokens
    func id(_ role: String) -> Int? {
      named.first { $0.role == role }.flatMap { tokenizer.id(of: $0.token.content) }
    }
    tokens.beginOfText = id("bos_token") ?? tokens.beginOfText
    if let id = tokens.beginOfText, id >= size {
      throw InputError(
        file: node.file, location: "bos_token",
        found: "\"\(tokenizer.token(of: id) ?? "")\", whose id is \(id)",
        expected: "an id below \(size), the model's vocabulary")
    }
    // The model never says a token that is beyond its vocabulary.
    tokens.endOfText = Self.ends(tokens.endOfText, named: id("eos_token"), tokenizer)
      .filter { $0 < size }
    self.tokens = tokens
  }

  /// The added tokens with ids of `size` and more, as fine-tuned models have that were not resized, and
  /// text models whose tokenizer is that of a multimodal one.
  ///
  /// - Throws: `InputError` for other tokens there: they are not this model's.
  private static func tokens(
    of tokenizer: Tokenizer, beyond size: Int, file: String
  ) throws -> [String] {
    try (size..<max(size, tokenizer.vocabularySize)).compactMap { id in
      guard let token = tokenizer.token(of: id) else { return nil }
      guard tokenizer.isAdded(id) else {
        throw InputError(
          file: file, location: "tokenizer", found: "\(tokenizer.vocabularySize) tokens",
          expected: "at most the model's vocabulary of \(size), and added tokens")
      }
      return token
    }
  }

  /// The tokens that end a text: those of the settings, the tokenizer's EOS, which ends a turn of a
  /// chat where a base model's settings do not, and special tokens whose names say so, as GGUF
  /// files are read too.
  private static func ends(_ stated: [Int], named: Int?, _ tokenizer: Tokenizer) -> [Int] {
    let known = GGUFTokenizer.endNames.compactMap(tokenizer.id(of:)).filter(tokenizer.isSpecial)
    return Set(stated + [named].compactMap { $0 } + known).sorted()
  }

  /// Checks at import time that this tool can run the chat template, instead of failing in a chat.
  private static func check(_ template: String, file: String) throws {
    do {
      _ = try ChatTemplate(template, bos: nil, eos: nil, file: file, location: "chat_template")
    } catch let error as InputError {
      throw InputError(
        file: error.file, location: error.location, found: error.found, expected: error.expected,
        advice: "--without-chat-template imports the model without it, for prompts that are text.")
    }
  }

  func write(with writer: ArtifactWriter) throws {
    let digest =
      switch text {
      case .file(let path): try writer.copy(path, to: ArtifactLayout.tokenizer)
      case .made(let bytes): try writer.write(bytes, to: ArtifactLayout.tokenizer)
      }
    guard tokenizer.isCompilable else { return }
    try writer.write(
      tokenizer.compiled(madeFrom: digest), to: ArtifactLayout.compiledTokenizer)
  }
}
