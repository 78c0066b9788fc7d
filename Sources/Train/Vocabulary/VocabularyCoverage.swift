/// How many of the model's answers on held-out texts an exit vocabulary allows.
package struct VocabularyCoverage: Equatable, Sendable {
  /// The number of tokens in the vocabulary.
  package let tokens: Int
  /// The number of answered tokens on held-out texts.
  package let answers: Int
  /// The answers that the vocabulary has.
  package let inVocabulary: Int
  /// The other answers that the text before them has, where the text's tokens can be answered.
  package let inText: Int

  /// - Throws: `InputError` for a damaged store.
  package init(_ exit: ExitTokens, _ store: CaptureStore) throws {
    var (answers, inVocabulary, inText) = (0, 0, 0)
    for (index, sequence) in store.sequences.enumerated() where sequence.split == .heldOut {
      let (tokens, best) = try store.predictions(of: index)
      var seen = Set(tokens[..<sequence.firstAnswer])
      for position in sequence.firstAnswer..<tokens.count {
        seen.insert(tokens[position])
        answers += 1
        if exit.contains(Int(best[position])) {
          inVocabulary += 1
        } else if exit.includesText, seen.contains(best[position]) {
          inText += 1
        }
      }
    }
    tokens = exit.tokens.count
    (self.answers, self.inVocabulary, self.inText) = (answers, inVocabulary, inText)
  }
}
