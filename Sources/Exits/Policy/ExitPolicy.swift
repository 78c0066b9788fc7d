/// The rule by which an exit answers a token: the confidence that each exit must reach, and whether there is a
/// cloud to ask where none does. This is the only place where an exit's confidence is compared with its threshold; the
/// edge, calibration and evaluation all decide with `firstSure(_:)`.
package struct ExitPolicy: Equatable, Sendable {
  package enum Mode: Equatable, Sendable {
    /// Where no exit is sure, the cloud answers.
    case collaborative
    /// There is no cloud: the last exit answers whatever its confidence.
    case standalone

    package init(hasCloud: Bool) { self = hasCloud ? .collaborative : .standalone }
  }

  /// One threshold for each exit, in rising depth. An exit answers when its confidence, a number from 0 to
  /// 1, is at least its threshold, so that a threshold above 1 switches the exit off.
  package var thresholds: [Double]
  package var mode: Mode

  package init(thresholds: [Double], mode: Mode) {
    self.thresholds = thresholds
    self.mode = mode
  }

  /// - Parameter thresholds: one for each exit, in rising depth; nil switches the exit off.
  package init(switchingOffNil thresholds: [Double?], mode: Mode) {
    self.init(thresholds: thresholds.map { $0 ?? Self.switchedOff }, mode: mode)
  }

  /// The policy in which no exit answers and every token is the cloud's.
  package static func off(exits count: Int) -> ExitPolicy {
    ExitPolicy(thresholds: Array(repeating: switchedOff, count: count), mode: .collaborative)
  }

  /// The policy in which one exit answers every token and no other exit is asked.
  package static func only(_ exit: Int, of count: Int, mode: Mode) -> ExitPolicy {
    ExitPolicy(
      thresholds: (0..<count).map { $0 == exit ? 0 : switchedOff }, mode: mode)
  }

  /// A threshold that no confidence reaches. It is written into artifacts.
  private static let switchedOff = 2.0

  /// The first exit that answers, or nil where the cloud is to be asked.
  ///
  /// - Parameter confidence: the confidence of an exit. It is called in rising depth, and only for exits
  ///   that can answer, until one does: on the edge, the blocks before an exit run only when it is asked.
  package func firstSure(_ confidence: (_ exit: Int) throws -> Float) rethrows -> Int? {
    for exit in thresholds.indices where canAnswer(exit) {
      let confidence = try confidence(exit)
      if isLastResort(exit) || Double(confidence) >= thresholds[exit] { return exit }
    }
    return nil
  }

  /// Whether the exit can answer at all. Where it cannot, the blocks that only it needs need not run.
  package func canAnswer(_ exit: Int) -> Bool { thresholds[exit] <= 1 || isLastResort(exit) }

  /// Whether the exit answers whatever its confidence.
  private func isLastResort(_ exit: Int) -> Bool {
    mode == .standalone && exit == thresholds.count - 1
  }
}
