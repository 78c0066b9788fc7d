/// The settings of the training of exits.
package struct TrainingSettings: Sendable {
  package var loss = LossSettings()
  /// The highest learning rate.
  package var rate = 1e-3
  /// What the learning rate of the maps before tails is multiplied with. The state at position 0 can be a hundred
  /// times as long as others, and a step of the full rate would move what the map makes of it by as much.
  package var mapRate = 0.03
  /// What the loss of each exit is multiplied with; empty for 1. Exits that read one another share blocks, and the loss
  /// of the first is the largest.
  package var exitWeights: [Double] = []
  /// The number of optimizer steps in all; nil derives it from `epochs` or `timeBudget`.
  package var steps: Int?
  package var epochs = 4.0
  /// The seconds that training may take. The number of steps is derived from the speed of the first ones.
  package var timeBudget: Double?
  /// The share of the steps in which the learning rate rises.
  package var warmUp = 0.05
  /// The most tokens of a micro-batch, which decide how much memory is needed.
  package var batchTokens = 1024
  /// The number of micro-batches of a step.
  package var accumulation = 2
  package var decay = 0.01
  package var largestNorm = 1.0
  package var seed: UInt64 = 1
  /// The number of evaluations on the held-out texts over the whole run.
  package var evaluations = 20
  /// About how many answer tokens of the held-out texts an evaluation measures.
  package var heldOutTokens = 4096
  /// The number of evaluations without a better held-out loss after which training stops; nil for never.
  package var patience: Int? = 6
  package var precision = TrainingPrecision.best
  /// The places of asking where an exit has feedback.
  package var feedback = FeedbackDraw()
  /// How maps are fitted before the first step; nil begins with maps that change nothing.
  package var fit: FitSettings?
  /// The seconds between snapshots.
  package var snapshotInterval = 120.0

  package init() {}

  func weight(ofExit exit: Int) -> Double { exitWeights.isEmpty ? 1 : exitWeights[exit] }
}
