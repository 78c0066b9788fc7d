/// How exits are trained.
public struct TrainingSettings: Sendable {
  public var loss = LossSettings()
  /// The highest learning rate.
  public var rate = 1e-3
  /// Steps of the optimizer in all; nil to go by `epochs` or `timeBudget`.
  public var steps: Int?
  public var epochs = 4.0
  /// Seconds; the number of steps is set by the pace of the first ones.
  public var timeBudget: Double?
  /// Share of the steps in which the rate rises.
  public var warmUp = 0.05
  /// Tokens of a micro-batch, which is what memory is needed for.
  public var batchTokens = 1024
  /// Micro-batches of a step.
  public var accumulation = 2
  public var decay = 0.01
  public var largestNorm = 1.0
  public var seed: UInt64 = 1
  /// Evaluations on the held-out texts over the whole run.
  public var evaluations = 20
  /// Continuation tokens of the held-out texts that an evaluation looks at.
  public var heldOutTokens = 4096
  /// Evaluations without a better held-out loss before training stops; nil for never.
  public var patience: Int? = 6
  public var precision = TrainingPrecision.best
  /// Seconds between checkpoints.
  public var checkpointInterval = 120.0

  public init() {}
}
