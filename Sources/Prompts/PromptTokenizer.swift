import CleaveModel
import CleaveStorage
import CleaveText

/// Tokenizes prompts: the format around the text, the model's chat template around both, and the beginning
/// of the answer.
package struct PromptTokenizer {
  private let tokenizer: Tokenizer
  private let template: ChatTemplate?
  private let longest: Int

  /// Without a chat template the prompt is taken as it is, with the tokens that belong around every
  /// text.
  ///
  /// - Throws: `InputError` for a template that is not known.
  package init(
    _ artifact: Artifact, tokenizer: Tokenizer, longest: Int, usesChatTemplate: Bool
  ) throws {
    self.tokenizer = tokenizer
    self.longest = longest
    let tokens = artifact.manifest.tokens
    let source = usesChatTemplate ? tokens.chatTemplate : nil
    template = try source.map {
      try ChatTemplate(
        $0, bos: tokens.beginOfText.flatMap(tokenizer.token(of:)),
        eos: tokens.endOfText.first.flatMap(tokenizer.token(of:)),
        file: artifact.path, location: "chat_template")
    }
  }

  /// The tokens of a prompt, and whether its text had to be cut: at the end of one of its tokens, so
  /// that format and template stay whole.
  ///
  /// - Throws: `InputError` when the format alone is too long.
  package func encode(_ text: String, _ format: PromptFormat) throws -> (tokens: [Int], isCut: Bool)
  {
    var tokens = try encode(format(text))
    guard tokens.count > longest else { return (tokens, false) }
    let words = tokenizer.encode(text, addSpecialTokens: false)
    var kept = words.count
    while tokens.count > longest {
      guard kept > 0 else {
        throw InputError(
          file: "format", location: "\"\(format(""))\"",
          found: "\(tokens.count) tokens without a text",
          expected: "at most \(longest), the room for a prompt",
          advice: "Allow longer sequences or fewer new tokens.")
      }
      kept = max(0, kept - (tokens.count - longest))
      tokens = try encode(format(beginning(of: text, words, &kept)))
    }
    return (tokens, true)
  }

  /// The text of the first `kept` tokens, which become fewer where a character would be torn.
  private func beginning(of text: String, _ words: [Int], _ kept: inout Int) -> String {
    while kept > 0 {
      let beginning = tokenizer.decode(Array(words[..<kept]))
      if text.utf8.starts(with: beginning.utf8) { return beginning }
      kept -= 1
    }
    return ""
  }

  private func encode(_ prompt: String) throws -> [Int] {
    guard let template else { return tokenizer.encode(prompt) }
    let text = try template.render(
      [ChatMessage(role: "user", content: prompt)], addGenerationPrompt: true)
    return tokenizer.encode(text, addSpecialTokens: false)
  }
}
