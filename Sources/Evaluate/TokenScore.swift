import Glibc

/// A model's score of one token of a text.
package struct TokenScore: Equatable, Sendable {
  /// The natural logarithm of the token's probability.
  package let logProbability: Double
  /// The comparison with a reference; nil without one.
  package let comparison: Comparison?

  /// The comparison with a reference at one token.
  package struct Comparison: Equatable, Sendable {
    /// The natural logarithm of the token's probability in the reference.
    package let logProbability: Double
    /// KL(reference || model) in nats, over the whole vocabulary.
    package let divergence: Double
    /// Whether both have the same most probable token.
    package let sameTop: Bool

    package init(logProbability: Double, divergence: Double, sameTop: Bool) {
      self.logProbability = logProbability
      self.divergence = divergence
      self.sameTop = sameTop
    }
  }

  package init(logProbability: Double, comparison: Comparison? = nil) {
    self.logProbability = logProbability
    self.comparison = comparison
  }

  /// - Returns: nil if a number is not finite.
  package init?(token: Int, model: LogitsRow, reference: LogitsRow? = nil) {
    logProbability = model.logProbability(of: token)
    comparison = reference.map {
      Comparison(
        logProbability: $0.logProbability(of: token), divergence: $0.divergence(to: model),
        sameTop: $0.top == model.top)
    }
    let numbers = [logProbability, comparison?.logProbability, comparison?.divergence]
    guard numbers.allSatisfy({ $0?.isFinite ?? true }) else { return nil }
  }
}

extension TokenScore {
  /// The difference of the token's probability in the model to that in the reference.
  package var probabilityChange: Double? {
    comparison.map { exp(logProbability) - exp($0.logProbability) }
  }
}

/// The scores of one window, one per position in `scored`.
package struct WindowScores: Equatable, Sendable {
  /// The index of the window.
  package let index: Int
  package let tokens: [TokenScore]

  package init(index: Int, tokens: [TokenScore]) {
    self.index = index
    self.tokens = tokens
  }
}
