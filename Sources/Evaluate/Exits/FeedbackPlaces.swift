import CleaveModel
import CleaveStorage

/// The places where the cloud is asked while exits with feedback are judged along the whole model's answers: after
/// each of them the exits read what has come back (specs/exits.md, "Feedback").
package enum FeedbackPlaces: Equatable, Sendable {
  /// Nothing comes back, as on an edge alone.
  case none
  /// The cloud is asked where no exit is sure, by the thresholds of the model's exits.
  case policy
  /// The cloud is asked for this share of the tokens, drawn by the seed, the prompt and the position alone.
  case rate(Double, seed: UInt64 = 0)

  /// Reads the places as on a command line: `none`, `policy`, or a share from 0 to 1.
  package init?(text: String) {
    switch text {
    case "none": self = .none
    case "policy": self = .policy
    default:
      guard let rate = Double(text), (0...1).contains(rate) else { return nil }
      self = .rate(rate)
    }
  }

  /// The states that come back to a model's exits; nil where none do.
  func returned(by manifest: Manifest) -> ExitFeedback? {
    self == .none ? nil : manifest.exits.lazy.compactMap(\.feedback).first
  }

  /// Whether the cloud is asked for a token.
  ///
  /// - Parameters:
  ///   - prompt: the index of the prompt.
  ///   - token: the index of the token in its answer.
  ///   - isSure: whether an exit is sure by its threshold.
  func asks(prompt: Int, token: Int, isSure: () -> Bool) -> Bool {
    switch self {
    case .none: return false
    case .policy: return !isSure()
    case .rate(let rate, let seed):
      var random = CounterRandom(seed: seed, UInt64(prompt), UInt64(token))
      return random.uniform() < rate
    }
  }
}

extension FeedbackPlaces: CustomStringConvertible {
  package var description: String {
    switch self {
    case .none: "none"
    case .policy: "policy"
    case .rate(let rate, _): "\(rate)"
    }
  }
}
