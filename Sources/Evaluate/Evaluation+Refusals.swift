import CleaveModel
import CleaveStorage
import CleaveText

/// Checks made before any token is read.
extension Evaluation {
  static func requireWhole(_ artifact: Artifact) throws {
    let role = artifact.manifest.role
    guard role == .model else {
      throw InputError(
        file: artifact.path, location: "role", found: role.rawValue, expected: "model",
        advice: "A bundle is judged by the model it was cut from: evaluate that.")
    }
  }

  static func requireContext(_ artifact: Artifact, _ windowLength: Int) throws {
    let most = artifact.manifest.configuration.contextLength
    guard windowLength <= most else {
      throw InputError(
        file: artifact.path, location: "context_length", found: "\(most)",
        expected: "at least the \(windowLength) tokens of a window",
        advice: "Give a smaller window length.")
    }
  }

  /// Checks that both models have the same tokens with the same meaning.
  ///
  /// - Throws: `InputError` if vocabularies differ, or the text has other tokens.
  static func requireSameTokens(
    _ text: EvaluationText, of data: String, _ settings: Settings,
    _ model: (tokenizer: Tokenizer, artifact: Artifact),
    _ reference: (tokenizer: Tokenizer, artifact: Artifact)
  ) throws {
    func refuse(_ found: String, _ expected: String) -> InputError {
      InputError(
        file: reference.artifact.path, location: "tokenizer", found: found,
        expected: "\(expected), as in \(model.artifact.path)",
        advice: "Only models of one vocabulary can be compared.")
    }
    let path = ArtifactLayout.tokenizer
    let (one, other) = (model.artifact.manifest, reference.artifact.manifest)
    if let file = one.file(path), file.digest == other.file(path)?.digest { return }
    let count = max(model.tokenizer.vocabularySize, reference.tokenizer.vocabularySize)
    for id in 0..<count {
      let (token, another) = (model.tokenizer.token(of: id), reference.tokenizer.token(of: id))
      guard token.map({ Array($0.utf8) }) == another.map({ Array($0.utf8) }) else {
        throw refuse(
          another.map { "\"\($0)\" for the id \(id)" } ?? "nothing for the id \(id)",
          token.map { "\"\($0)\"" } ?? "nothing")
      }
    }
    let others = try EvaluationText(
      path: data, tokenizer: reference.tokenizer, windowLength: settings.windowLength)
    guard others.tokens == text.tokens else {
      throw refuse("other tokens for \(data)", "the same")
    }
  }
}
