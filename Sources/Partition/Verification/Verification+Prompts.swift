import CleaveModel
import CleaveStorage

extension Verification.Settings {
  /// Checks that there are prompts.
  func checkPrompts() throws {
    guard !prompts.isEmpty else {
      throw SettingError(.prompts, found: "none", expected: "at least one")
    }
  }

  /// The prompts as tokens.
  ///
  /// - Parameter artifact: with the model's tokenizer.
  /// - Throws: `SettingError` for a prompt of no token, or of more than the model has positions.
  func tokens(by artifact: Artifact) throws -> [[Int]] {
    let tokenizer = try artifact.tokenizer()
    let limit = artifact.manifest.configuration.contextLength
    return try prompts.enumerated().map { index, text in
      let tokens = tokenizer.encode(text)
      guard (1...limit).contains(tokens.count) else {
        throw SettingError(
          .prompts, found: "\(tokens.count) tokens in prompt \(index)",
          expected: "from 1 to the model's \(limit) positions")
      }
      return tokens
    }
  }
}
