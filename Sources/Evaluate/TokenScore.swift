import Glibc

/// What a model made of one token that came.
public struct TokenScore: Equatable, Sendable {
  /// Natural logarithm of the probability it gave the token.
  public let logProbability: Double
  /// How it stands to a reference, where there is one.
  public let comparison: Comparison?

  public struct Comparison: Equatable, Sendable {
    /// Natural logarithm of the probability the reference gave the token.
    public let logProbability: Double
    /// KL(reference || model) in nats, over the whole vocabulary.
    public let divergence: Double
    /// Whether both find the same token most probable.
    public let sameTop: Bool

    public init(logProbability: Double, divergence: Double, sameTop: Bool) {
      self.logProbability = logProbability
      self.divergence = divergence
      self.sameTop = sameTop
    }
  }

  public init(logProbability: Double, comparison: Comparison? = nil) {
    self.logProbability = logProbability
    self.comparison = comparison
  }

  /// - Returns: nil when something of it is no finite number.
  public init?(token: Int, model: LogitsRow, reference: LogitsRow? = nil) {
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
  public var probabilityChange: Double? {
    comparison.map { exp(logProbability) - exp($0.logProbability) }
  }
}

/// What a model made of one window: a score for each of its `scored` positions.
public struct WindowScores: Equatable, Sendable {
  /// Which window.
  public let index: Int
  public let tokens: [TokenScore]

  public init(index: Int, tokens: [TokenScore]) {
    self.index = index
    self.tokens = tokens
  }
}
