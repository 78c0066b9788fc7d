import CleaveModel

/// When the edge answers by itself.
public struct ExitPolicy: Equatable, Sendable {
  /// One for each exit, in rising depth: it answers when its confidence is at least this.
  public var thresholds: [Double]
  /// Without a cloud the last exit answers whatever its confidence.
  public var standalone: Bool

  public init(thresholds: [Double], standalone: Bool) {
    self.thresholds = thresholds
    self.standalone = standalone
  }

  /// The thresholds the bundle ships with.
  public static func shipped(_ exits: [ExitRecord], standalone: Bool) -> ExitPolicy {
    ExitPolicy(thresholds: exits.map(\.threshold), standalone: standalone)
  }

  /// Whether the exit answers whatever its confidence.
  private func isLastResort(_ exit: Int) -> Bool {
    standalone && exit == thresholds.count - 1
  }

  /// Whether the exit can answer at all. No probability exceeds 1, so a threshold above it switches
  /// the exit off.
  func mayAnswer(at exit: Int) -> Bool { thresholds[exit] <= 1 || isLastResort(exit) }

  /// Whether this exit or a deeper one can answer; else the blocks before them need not run.
  func mayAnswer(from exit: Int) -> Bool {
    (exit..<thresholds.count).contains(where: mayAnswer(at:))
  }

  func accepts(_ confidence: Float, exit: Int) -> Bool {
    isLastResort(exit) || Double(confidence) >= thresholds[exit]
  }
}
