import Glibc

/// The progress through a long prompt, shown on a terminal and removed before the text begins.
struct PromptProgress {
  /// The fewest tokens of a prompt whose progress is shown.
  private static let longPrompt = 512
  private let line: ProgressLine

  init(quiet: Bool) {
    line = ProgressLine("prompt", unit: .items("tokens"), quiet: quiet || isatty(2) != 1)
  }

  func show(_ done: Int, of total: Int) {
    guard total >= Self.longPrompt else { return }
    if done < total { line.show(done, of: total) } else { line.clear() }
  }

  /// Ends the line of a prompt that was not read to its end.
  func finish() { line.finish() }
}
