/// How long the parts of a capture took; what a benchmark asks for.
package struct CaptureTimes: Sendable {
  /// Tokens the model wrote in continuing its prompts.
  package var generatedTokens = 0
  /// The opening of the model included.
  package var generationSeconds = 0.0
  /// Tokens whose states and predictions were stored.
  package var tokens = 0
  /// From the first batch until the store was on the disk and checked.
  package var seconds = 0.0

  private let clock = ContinuousClock()
  private var mark: ContinuousClock.Instant

  init() { mark = clock.now }

  /// Takes note of what a capture tells.
  mutating func note(_ event: CaptureEvent) {
    switch event {
    case .data: break
    case .atMost: mark = clock.now
    case .exactly: generationSeconds = lap()
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
