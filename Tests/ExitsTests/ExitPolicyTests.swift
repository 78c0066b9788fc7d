import CleaveExits
import Testing

/// The decision which exit answers.
@Suite struct ExitPolicyTests {
  /// The exit that answers, and the exits that were asked for their confidence, in order.
  private struct Decision: Equatable {
    let exit: Int?
    let asked: [Int]

    init(_ exit: Int?, asked: [Int]) {
      self.exit = exit
      self.asked = asked
    }
  }

  private func decide(_ policy: ExitPolicy, _ confidences: [Float]) -> Decision {
    var asked: [Int] = []
    let exit = policy.firstSure { exit in
      asked.append(exit)
      return confidences[exit]
    }
    return Decision(exit, asked: asked)
  }

  @Test func theFirstExitAtItsThresholdAnswersAndNoneIsAskedAfterIt() {
    let policy = ExitPolicy(thresholds: [0.9, 0.5, 0], mode: .collaborative)
    #expect(decide(policy, [0.8, 0.5, 1]) == Decision(1, asked: [0, 1]))
    #expect(decide(policy, [0.95, 0, 0]) == Decision(0, asked: [0]))
    #expect(decide(policy, [0, 0.4, 0]) == Decision(2, asked: [0, 1, 2]))
  }

  /// A confidence of 1 is the highest there is.
  @Test func anExitAboveOneIsNotEvenAsked() {
    let policy = ExitPolicy(thresholds: [1.01, 1, 2], mode: .collaborative)
    #expect(decide(policy, [1, 1, 1]) == Decision(1, asked: [1]))
    #expect(decide(policy, [1, 0.99, 1]) == Decision(nil, asked: [1]))
    #expect([0, 1, 2].map(policy.canAnswer) == [false, true, false])
  }

  @Test func withAllExitsOffTheCloudAnswers() {
    #expect(decide(.off(exits: 3), [1, 1, 1]) == Decision(nil, asked: []))
    #expect(ExitPolicy.off(exits: 2).mode == .collaborative)
    // The value that artifacts were written with.
    #expect(ExitPolicy.off(exits: 2).thresholds == [2, 2])
    #expect(decide(.off(exits: 0), []) == Decision(nil, asked: []))
  }

  /// Without a cloud the last exit answers, whatever its threshold and its confidence.
  @Test func standaloneTheLastExitAnswers() {
    let policy = ExitPolicy(thresholds: [0.5, 2, 2], mode: .standalone)
    #expect(decide(policy, [0.4, 1, 0]) == Decision(2, asked: [0, 2]))
    #expect(decide(policy, [0.6, 1, 0]) == Decision(0, asked: [0]))
    #expect(ExitPolicy.Mode(hasCloud: false) == .standalone)
  }

  @Test func oneExitAlone() {
    #expect(decide(.only(1, of: 3, mode: .collaborative), [1, 0, 1]) == Decision(1, asked: [1]))
    #expect(decide(.only(0, of: 2, mode: .standalone), [0, 1]) == Decision(0, asked: [0]))
  }

  @Test func noThresholdSwitchesAnExitOff() {
    let policy = ExitPolicy(switchingOffNil: [nil, 0.3], mode: .collaborative)
    #expect(decide(policy, [1, 0.3]) == Decision(1, asked: [1]))
  }

  /// Thresholds are compared in double precision, so that a confidence is never rounded up to one.
  @Test func confidencesAreComparedInDoublePrecision() {
    let policy = ExitPolicy(thresholds: [0.8], mode: .collaborative)
    let below = Float(0.8).nextDown
    #expect(decide(policy, [below]).exit == nil)
    #expect(decide(policy, [0.8]).exit == (Double(Float(0.8)) >= 0.8 ? 0 : nil))
  }

  @Test func errorsOfTheConfidenceAreThrown() {
    struct Unreadable: Error {}
    #expect(throws: Unreadable.self) {
      try ExitPolicy(thresholds: [0.5], mode: .standalone).firstSure { _ in throw Unreadable() }
    }
  }
}
