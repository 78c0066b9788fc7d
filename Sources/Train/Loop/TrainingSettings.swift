/// How exits are trained.
package struct TrainingSettings: Sendable {
  package var loss = LossSettings()
  /// The highest learning rate.
  package var rate = 1e-3
  /// Steps of the optimizer in all; nil to go by `epochs` or `timeBudget`.
  package var steps: Int?
  package var epochs = 4.0
  /// Seconds; the number of steps is set by the pace of the first ones.
  package var timeBudget: Double?
  /// Share of the steps in which the rate rises.
  package var warmUp = 0.05
  /// Tokens of a micro-batch, which is what memory is needed for.
  package var batchTokens = 1024
  /// Micro-batches of a step.
  package var accumulation = 2
  package var decay = 0.01
  package var largestNorm = 1.0
  package var seed: UInt64 = 1
  /// Evaluations on the held-out texts over the whole run.
  package var evaluations = 20
  /// Continuation tokens of the held-out texts that an evaluation looks at.
  package var heldOutTokens = 4096
  /// Evaluations without a better held-out loss before training stops; nil for never.
  package var patience: Int? = 6
  package var precision = TrainingPrecision.best
  /// Seconds between checkpoints.
  package var checkpointInterval = 120.0

  package init() {}
}
