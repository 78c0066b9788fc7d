import CleaveStorage

extension Manifest {
  /// Checks what the bundle of a middle tier cannot do: read texts, or what comes back from the cloud.
  func validateMiddle(file: String) throws {
    guard role == .middle else { return }
    func refuse(_ location: String, _ found: String, _ expected: String) -> InputError {
      InputError(file: file, location: location, found: found, expected: expected)
    }
    guard let first = exits.first else {
      throw refuse("exits", "none", "at least one in a middle bundle")
    }
    guard blocks.lowerBound > 0, blocks.lowerBound < first.depth else {
      throw refuse(
        "blocks", "\(blocks) with a first exit at depth \(first.depth)",
        "blocks from 1 or later on, and before the first exit, in a middle bundle")
    }
    if let reason = exits.middleFault(exitVocabulary) {
      throw refuse("exits[\(reason.exit)]", reason.found, reason.expected)
    }
  }
}

extension [ExitRecord] {
  /// The first of these exits that cannot stand in a middle tier, and why; nil where all can.
  package func middleFault(
    _ vocabulary: ExitVocabularyRecord?
  ) -> (exit: Int, found: String, expected: String)? {
    for (index, exit) in enumerated() {
      if exit.feedback != nil {
        return (index, "feedback", "none in a middle tier, to which nothing comes back")
      }
      if exit.unembedding == .vocabulary, vocabulary?.includesText == true {
        return (
          index, "an exit vocabulary with the text's tokens",
          "one without in a middle tier, which does not see the text"
        )
      }
    }
    return nil
  }
}
