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

  /// No probability exceeds 1, so a threshold above it switches an exit off.
  func isOff(_ exit: Int) -> Bool { thresholds[exit] > 1 }

  func accepts(_ confidence: Float, exit: Int) -> Bool {
    if standalone && exit == thresholds.count - 1 { return true }
    return Double(confidence) >= thresholds[exit]
  }

  /// Whether exit `exit` or a deeper one can answer at all; else the blocks between need not run.
  func mayAnswer(from exit: Int) -> Bool {
    standalone || (exit..<thresholds.count).contains { !isOff($0) }
  }
}
