import CleaveModel

/// The agreement, coverage and calibration of one exit.
package struct ExitStatistics: Sendable {
  /// The agreements that coverage is given for.
  package static let targets = [0.90, 0.95, 0.98]
  /// The agreement that the thresholds of `ExitEvaluationReport.cascade` are for.
  package static let cascadeTarget = 0.95

  package let depth: Int
  package let tokens: Int
  /// The share of tokens that are the whole model's, whatever the confidence.
  package let agreement: Estimate
  /// The coverage at each of the targets.
  package let coverages: [Coverage]
  /// The calibration error of the largest probability after the exit's temperature.
  package let calibrationError: Double
  /// The same at temperature 1.
  package let plainCalibrationError: Double

  /// - Parameter prompts: the scores of this exit, `[prompt][token]`, at least one token in all.
  package init(depth: Int, of prompts: [[ExitScore]]) {
    self.depth = depth
    let scores = prompts.flatMap { $0 }
    tokens = scores.count
    agreement = Estimate(overClusters: prompts.map { ($0.count(where: \.isRight), $0.count) })
    coverages = Self.targets.map { Coverage(target: $0, of: prompts) }
    calibrationError = CalibrationError.expected(scores.map { ($0.maxProbability, $0.isRight) })
    plainCalibrationError = CalibrationError.expected(
      scores.map { ($0.plainMaxProbability, $0.isRight) })
  }

  /// The threshold of `cascadeTarget`; nil when the exit must not answer.
  var cascadeThreshold: Double? {
    coverages.first { $0.target == Self.cascadeTarget }?.threshold
  }
}

extension ExitStatistics {
  /// The statistics of all exits of a model.
  ///
  /// - Parameter scores: at least one token in all.
  static func all(of scores: [PromptScores], _ manifest: Manifest) -> [ExitStatistics] {
    manifest.exits.enumerated().map { index, exit in
      ExitStatistics(depth: exit.depth, of: scores.map { $0.exits[index] })
    }
  }
}
