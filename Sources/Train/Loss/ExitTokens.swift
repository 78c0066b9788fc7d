/// The tokens that exits with an exit vocabulary can answer with.
package struct ExitTokens: Sendable {
  /// Ids, rising.
  package let tokens: [Int]
  /// Whether the tokens of the text before a position can be answered there too.
  package let includesText: Bool
  /// For each token of the model, whether it is one of `tokens`.
  private let isIn: [Bool]

  /// - Parameters:
  ///   - tokens: rising, below `vocabulary`, the number of the model's tokens.
  package init(_ tokens: [Int], vocabulary: Int, includesText: Bool) {
    precondition(zip(tokens, tokens.dropFirst()).allSatisfy(<))
    self.tokens = tokens
    self.includesText = includesText
    var isIn = [Bool](repeating: false, count: vocabulary)
    for token in tokens { isIn[token] = true }
    self.isIn = isIn
  }

  /// The number of the model's tokens.
  var vocabulary: Int { isIn.count }

  func contains(_ token: Int) -> Bool { isIn[token] }
}
