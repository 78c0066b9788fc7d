/// The times that the parts of a capture took, for benchmarks.
package struct CaptureTimes: Sendable {
  /// The number of tokens that the model generated after its prompts.
  package var generatedTokens = 0
  /// The time in which the model continued prompts, and what it computed was captured.
  package var generationSeconds = 0.0
  /// The number of tokens whose hidden states and predictions were stored.
  package var tokens = 0
  /// The time from the first batch until the store was on the disk and checked, generation included.
  package var seconds = 0.0

  private let clock = ContinuousClock()
  private var mark: ContinuousClock.Instant

  init() { mark = clock.now }

  /// Updates the times at an event of the capture.
  mutating func note(_ event: CaptureEvent) {
    switch event {
    case .data, .progress(.prompt, _, _, _): break
    case .atMost: mark = clock.now
    case .progress(.capture, _, _, _): _ = lap()
    case .progress(.generate, _, _, let tokens): generatedTokens = tokens
    case .exactly(let size):
      let rest = lap()
      if generatedTokens > 0 { generationSeconds = rest }
      tokens = size.tokens
    }
  }

  /// - Returns: nil when a store was found and nothing was captured.
  mutating func finish() -> CaptureTimes? {
    guard tokens > 0 else { return nil }
    _ = lap()
    return self
  }

  /// The time since the mark, which is counted and moves the mark here.
  private mutating func lap() -> Double {
    let now = clock.now
    let passed = (now - mark) / .seconds(1)
    mark = now
    seconds += passed
    return passed
  }
}
