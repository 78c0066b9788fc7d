import Glibc

/// What a model made of one token that came.
package struct TokenScore: Equatable, Sendable {
  /// Natural logarithm of the probability it gave the token.
  package let logProbability: Double
  /// How it stands to a reference, where there is one.
  package let comparison: Comparison?

  package struct Comparison: Equatable, Sendable {
    /// Natural logarithm of the probability the reference gave the token.
    package let logProbability: Double
    /// KL(reference || model) in nats, over the whole vocabulary.
    package let divergence: Double
    /// Whether both find the same token most probable.
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

  /// - Returns: nil when something of it is no finite number.
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
  /// How much more probable the model finds the token that came than the reference does.
  package var probabilityChange: Double? {
    comparison.map { exp(logProbability) - exp($0.logProbability) }
  }
}

/// What a model made of one window: a score for each of its `scored` positions.
package struct WindowScores: Equatable, Sendable {
  /// Which window.
  package let index: Int
  package let tokens: [TokenScore]

  package init(index: Int, tokens: [TokenScore]) {
    self.index = index
    self.tokens = tokens
  }
}
