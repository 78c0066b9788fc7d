/// How fast training goes, and when a checkpoint is due.
struct Pace {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var saved: ContinuousClock.Instant
  private var seconds = 0.0
  /// Of earlier runs.
  private let secondsBefore: Double
  private let tokensBefore: Int

  /// The steps whose pace a time budget goes by.
  static let planned = 10

  init(_ state: TrainingState) {
    start = clock.now
    saved = start
    secondsBefore = state.seconds
    tokensBefore = state.tokens
  }

  /// After a step. With a budget, in seconds, sets how many steps fit in it: once, early.
  mutating func measure(_ state: inout TrainingState, budget: Double?) {
    seconds = (clock.now - start) / .seconds(1)
    state.seconds = secondsBefore + seconds
    // Whichever runs the first steps were in.
    if let budget, state.step == Self.planned {
      let fitting = budget / (state.seconds / Double(Self.planned))
      state.steps = max(state.step + 1, Int(min(fitting, 1e9)))
    }
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
