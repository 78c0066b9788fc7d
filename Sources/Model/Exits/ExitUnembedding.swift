/// The rows of the model's unembedding that an exit reads, which are the tokens that it can answer with.
package enum ExitUnembedding: String, CaseIterable, Sendable {
  /// All of them: the model's own head, or the embedding it is tied to.
  case shared
  /// The rows of the exit vocabulary (`ExitVocabularyRecord`).
  case vocabulary
}
