import ArgumentParser

/// The option of the tokens that exits can answer with.
struct ExitVocabularyOptions: ParsableArguments {
  @Option(
    name: .customLong("exit-vocabulary"),
    help: ArgumentHelp(
      """
      Number of tokens that the exits can answer with: those that the model says most often in the training \
      data. The edge then reads as many rows of the unembedding at an exit (default: all tokens).
      """, valueName: "tokens"))
  var count: Int?

  func validate() throws {
    if let count, count < 1 {
      throw ValidationError("--exit-vocabulary \(count): expected at least 1")
    }
  }
}
