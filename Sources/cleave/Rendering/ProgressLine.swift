import Glibc

/// A line of progress on standard error: the share done, the speed and the time left. On a terminal the
/// line is rewritten; elsewhere a line is printed every ten seconds, so that logs stay short.
final class ProgressLine {
  private let label: String
  private let unit: Unit
  private let quiet: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?
  private let isTerminal = isatty(2) == 1
  private var wroteLine = false

  enum Unit {
    case bytes
    case items(String)
  }

  init(_ label: String, unit: Unit, quiet: Bool) {
    self.label = label
    self.unit = unit
    self.quiet = quiet
    start = clock.now
  }

  func show(_ done: Int, of total: Int) {
    guard !quiet, total > 0 else { return }
    let now = clock.now
    let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
    guard now - (lastShown ?? start) >= interval || (isTerminal && done >= total) else { return }
    lastShown = now
    let text = line(done, total, seconds: (now - start) / .seconds(1))
    Terminal.writeError(isTerminal ? "\r\(text)\u{1B}[K" : "\(text)\n")
    wroteLine = isTerminal
  }

  /// Ends the line on a terminal.
  func finish() {
    if wroteLine { Terminal.writeError("\n") }
    wroteLine = false
  }

  /// Removes the line from a terminal.
  func clear() {
    if wroteLine { Terminal.writeError("\r\u{1B}[K") }
    wroteLine = false
  }

  private func line(_ done: Int, _ total: Int, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    let left = rate > 0 ? Double(total - done) / rate : 0
    let speed: String
    switch unit {
    case .bytes: speed = "\(Int(rate).formattedBytes)/s"
    case .items(let name): speed = "\(rate.fixed(1)) \(name)/s"
    }
    return "\(label)  \(done * 100 / total)%  \(speed)  ETA \(left.fixed(0)) s"
  }
}
