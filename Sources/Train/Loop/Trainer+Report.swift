extension Trainer {
  /// Progress after a step or an evaluation.
  package struct Report: Sendable {
    package var step: Int
    package var steps: Int
    package var tokens: Int
    /// The mean speed of this run.
    package var tokensPerSecond: Double
    /// The loss of each exit in the last step; empty after an evaluation.
    package var losses: [Double]
    /// The scores of each exit in the last evaluation.
    package var scores: [HeldOutScore]
    /// The evaluation that was just made; nil after a step.
    package var record: TrainingRecord?
  }

  /// The reason why training ended.
  package enum End: Sendable {
    case finished, stoppedEarly, interrupted
  }
}
