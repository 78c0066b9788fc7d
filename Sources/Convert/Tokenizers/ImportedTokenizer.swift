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

  /// Checks that this tool can run the tokenizer and that its ids are within the model's
  /// vocabulary.
  ///
  /// - Parameters: - node: the tokenizer.json that `text` holds. - size: the size of the model's
  ///   vocabulary. - beginOfText: the name of the BOS token, if the checkpoint gives one; it takes
  ///   precedence over the id.
  /// - Throws: `InputError` if the tokenizer, an id or the chat template is not supported.
  init(
    _ node: JSONNode, text: Text, tokens: SpecialTokens, beginOfText: JSONNode? = nil,
    vocabularySize size: Int
  ) throws {
    let tokenizer = try Tokenizer(node)
    guard tokenizer.vocabularySize <= size else {
      throw InputError(
        file: node.file, location: "tokenizer", found: "\(tokenizer.vocabularySize) tokens",
        expected: "at most the model's vocabulary of \(size)")
    }
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
    if let beginOfText {
      guard let id = tokenizer.id(of: try beginOfText.string()) else {
        throw beginOfText.refuse(expected: "a token of the vocabulary")
      }
      tokens.beginOfText = id
    }
    self.tokens = tokens
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
