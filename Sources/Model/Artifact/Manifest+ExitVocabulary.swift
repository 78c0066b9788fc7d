import CleaveStorage

extension Manifest {
  /// Whether the bundle of a tier with exits holds the head file: a head of its own is large, and no exit reads it where all have
  /// the exit vocabulary.
  var exitsNeedHead: Bool {
    configuration.tiedEmbeddings || exits.contains { $0.unembedding == .shared }
  }

  /// Checks that the exit vocabulary fits the model, and that it is there where an exit uses it and only there.
  func validateExitVocabulary(file: String) throws {
    func refuse(_ found: String, _ expected: String) -> InputError {
      InputError(file: file, location: "exit_vocabulary", found: found, expected: expected)
    }
    let user = exits.firstIndex { $0.unembedding == .vocabulary }
    guard let exitVocabulary else {
      guard let user else { return }
      throw refuse("none", "the vocabulary that exits[\(user)] reads")
    }
    guard user != nil else {
      throw refuse(
        "\(exitVocabulary.count) tokens", "none, where no exit has the unembedding \"vocabulary\"")
    }
    guard (1...configuration.vocabularySize).contains(exitVocabulary.count) else {
      throw refuse(
        "\(exitVocabulary.count) tokens", "from 1 to the model's \(configuration.vocabularySize)")
    }
    guard !exitVocabulary.includesText || configuration.tiedEmbeddings else {
      throw refuse(
        "the text's tokens among them", "no text in a model whose head is not the embedding")
    }
  }
}
