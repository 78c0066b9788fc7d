import CleaveModel

/// When the edge answers by itself.
package struct ExitPolicy: Equatable, Sendable {
  /// One for each exit, in rising depth: it answers when its confidence is at least this.
  package var thresholds: [Double]
  /// Without a cloud the last exit answers whatever its confidence.
  package var standalone: Bool

  package init(thresholds: [Double], standalone: Bool) {
    self.thresholds = thresholds
    self.standalone = standalone
  }

  /// The thresholds an artifact ships with: the exits' own, or without a cloud those that a calibration
  /// found for that.
  package static func shipped(_ manifest: Manifest, standalone: Bool) -> ExitPolicy {
    let alone = standalone ? manifest.calibration?.standalone.thresholds : nil
    return ExitPolicy(
      thresholds: alone ?? manifest.exits.map(\.threshold), standalone: standalone)
  }

  /// Whether the exit answers whatever its confidence.
  private func isLastResort(_ exit: Int) -> Bool {
    standalone && exit == thresholds.count - 1
  }

  /// Whether the exit can answer at all. No confidence exceeds 1, so a threshold above it switches
  /// the exit off.
  func mayAnswer(at exit: Int) -> Bool { thresholds[exit] <= 1 || isLastResort(exit) }

  /// Whether this exit or a deeper one can answer; else the blocks before them need not run.
  func mayAnswer(from exit: Int) -> Bool {
    (exit..<thresholds.count).contains(where: mayAnswer(at:))
  }

  package func accepts(_ confidence: Float, exit: Int) -> Bool {
    isLastResort(exit) || Double(confidence) >= thresholds[exit]
  }
}
