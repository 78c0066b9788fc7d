/// The speed of training, and when a snapshot is due.
struct Pace {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var saved: ContinuousClock.Instant
  private var seconds = 0.0
  /// The training time of earlier runs.
  private let secondsBefore: Double
  private let tokensBefore: Int
  private let firstStep: Int

  /// The number of steps that are timed before a time budget is turned into steps.
  private static let planned = 10

  init(_ state: TrainingState) {
    start = clock.now
    saved = start
    secondsBefore = state.seconds
    tokensBefore = state.tokens
    firstStep = state.step
  }

  /// Takes the time after a step. With a time budget, this sets the number of steps once, from the speed of
  /// the first steps of this run.
  mutating func measure(
    _ state: inout TrainingState, _ settings: TrainingSettings, secondsPerEvaluation: Double
  ) {
    seconds = (clock.now - start) / .seconds(1)
    state.seconds = secondsBefore + seconds
    guard let budget = settings.timeBudget, !state.isPlanned,
      state.step == firstStep + Self.planned
    else { return }
    let evaluations = secondsPerEvaluation * Double(settings.evaluations)
    let left = max(0, budget - state.seconds - evaluations)
    let more = left / (seconds / Double(Self.planned))
    state.steps = state.step + max(1, Int(min(more, 1e9)))
    state.isPlanned = true
  }

  func tokensPerSecond(_ state: TrainingState) -> Double {
    Double(state.tokens - tokensBefore) / max(seconds, 1e-9)
  }

  mutating func isTimeToSave(every interval: Double) -> Bool {
    guard clock.now - saved >= .seconds(interval) else { return false }
    saved = clock.now
    return true
  }
}
