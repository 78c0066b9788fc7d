import CleaveEvaluate
import CleaveModel

/// A way to choose the thresholds of exits.
enum ThresholdRule: Equatable, Sendable {
  /// The thresholds that the model ships with.
  case shipped
  /// One threshold for all exits.
  case fixed(Double)
  /// For each exit the lowest from which its recorded answers agree with the model so often.
  case agreement(Double)

  /// The rules that the planner tries of itself.
  static let ladder: [ThresholdRule] =
    [0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6].map(ThresholdRule.agreement)

  var isFixed: Bool { if case .fixed = self { true } else { false } }

  /// - Parameters:
  ///   - exits: how many are used, from the first on.
  ///   - scores: the recorded answers.
  func thresholds(_ exits: Int, _ manifest: Manifest, _ scores: [PromptScores]) -> [Double?] {
    (0..<exits).map { exit in
      switch self {
      case .shipped: manifest.exits[exit].threshold
      case .fixed(let threshold): threshold
      case .agreement(let target):
        Coverage(target: target, of: scores.map { $0.exits[exit] }).threshold
      }
    }
  }
}

extension ThresholdRule: CustomStringConvertible {
  var description: String {
    switch self {
    case .shipped: "shipped"
    case .fixed(let threshold): "\(threshold)"
    case .agreement(let target): "agree \(Int((target * 100).rounded())) %"
    }
  }
}
