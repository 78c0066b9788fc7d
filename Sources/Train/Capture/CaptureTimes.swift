/// The times that the parts of a capture took, for benchmarks.
package struct CaptureTimes: Sendable {
  /// The number of tokens that the model generated after its prompts.
  package var generatedTokens = 0
  /// The time of generation, with the opening of the model.
  package var generationSeconds = 0.0
  /// The number of tokens whose hidden states and predictions were stored.
  package var tokens = 0
  /// The time from the first batch until the store was on the disk and checked.
  package var seconds = 0.0

  private let clock = ContinuousClock()
  private var mark: ContinuousClock.Instant

  init() { mark = clock.now }

  /// Updates the times at an event of the capture.
  mutating func note(_ event: CaptureEvent) {
    switch event {
    case .data: break
    case .atMost: mark = clock.now
    case .exactly: generationSeconds = lap()
    case .progress(.prompt, _, _, _): break
    case .progress(.generate, _, _, let tokens): generatedTokens = tokens
    case .progress(.capture, _, _, let tokens): self.tokens = tokens
    }
  }

  /// - Returns: nil when a store was found and nothing was captured.
  mutating func finish() -> CaptureTimes? {
    guard tokens > 0 else { return nil }
    seconds = lap()
    return self
  }

  private mutating func lap() -> Double {
    let now = clock.now
    defer { mark = now }
    return (now - mark) / .seconds(1)
  }
}
