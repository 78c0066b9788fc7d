import CleaveExits
import CleaveCalibrate
import CleaveModel
import CleaveRuntime
import Testing

/// Trees made by hand, and the ways of policies through them.
@Suite struct WalkTests {
  private let limits = Walk.Limits(maxTokens: 3, stopTokens: [0])

  /// After the prompt the exits say 1 and 2, and the model 3; each of these goes on otherwise.
  private let tree: TextTree = {
    var tree = TextTree(exitCount: 2)
    tree.append(
      at: nil, [.of(1, 0.5, margin: 0.1, entropy: 0.9), .of(2, 0.75, margin: 0.8, entropy: 0.2)],
      truth: 3, probability: 0.25)
    tree.append(at: (0, 3), [.of(0, 0.25), .of(4, 0.5)], truth: 4, probability: 0.125)
    tree.append(at: (0, 1), [.of(5, 1), .of(0, 1)], truth: 0, probability: 1)
    tree.append(at: (1, 4), [.of(6, 0.5), .of(6, 0.5)], truth: 6, probability: 0.5)
    return tree
  }()

  private func walk(
    _ thresholds: [Double], signal: ExitRecord.Signal = .maxProbability, standalone: Bool = false
  ) -> Walk {
    Walk(
      SignalPolicy(
        signal: signal, thresholds: thresholds, mode: standalone ? .standalone : .collaborative),
      through: tree, limits)
  }

  @Test func offIsTheModelsTextUpToTheLimit() {
    let walk = Walk(.off(exits: 2, signal: .entropy), through: tree, limits)
    #expect(walk.tokens == [3, 4, 6] && walk.truths == [3, 4, 6])
    #expect(walk.isComplete)
    #expect(walk.steps.map(\.node) == [0, 1, 3])
    #expect(walk.steps.allSatisfy { $0.exit == nil })
    #expect(walk.steps.map(\.confidence) == [0.25, 0.125, 0.5])
  }

  @Test func aStopTokenEndsTheText() {
    // The first exit says 1; after that the second one 0, which is kept.
    let walk = walk([2, 2])
    #expect(walk.tokens.last != 0)
    let stopped = self.walk([0.26, 0])
    #expect(stopped.tokens == [1, 5] && !stopped.isComplete)
    var policy = SignalPolicy(signal: .maxProbability, thresholds: [2, 0.9])
    #expect(Walk(policy, through: tree, limits).tokens == [3, 4, 6])
    policy.exitPolicy.thresholds = [0.25, 2]
    let first = Walk(policy, through: tree, .init(maxTokens: 3, stopTokens: [1]))
    #expect(first.tokens == [1] && first.isComplete && first.truths == [3])
    let second = Walk(
      SignalPolicy(signal: .maxProbability, thresholds: [0.5, 0]), through: tree,
      .init(maxTokens: 9, stopTokens: [5]))
    #expect(second.tokens == [1, 5] && second.isComplete)
    #expect(second.steps.map(\.exit) == [0, 0] && second.truths == [3, 0])
  }

  @Test func theLimitCountsEveryToken() {
    for limit in 1...3 {
      let walk = Walk(
        .off(exits: 2, signal: .margin), through: tree, .init(maxTokens: limit, stopTokens: []))
      #expect(walk.tokens == Array([3, 4, 6].prefix(limit)) && walk.isComplete)
    }
    let more = Walk(
      .off(exits: 2, signal: .margin), through: tree, .init(maxTokens: 4, stopTokens: []))
    #expect(more.tokens == [3, 4, 6] && !more.isComplete)
  }

  @Test func whereANodeIsMissingTheWalkIsIncomplete() {
    let walk = walk([2, 0.7])
    #expect(walk.tokens == [2] && !walk.isComplete)
    let nothing = Walk(
      .off(exits: 2, signal: .margin), through: TextTree(exitCount: 2), limits)
    #expect(nothing.steps.isEmpty && !nothing.isComplete)
  }

  @Test func theFirstExitThatIsSureEnoughAnswers() {
    for (thresholds, exit, token, confidence) in [
      ([0.4, 0.4], 0, 1, 0.5), ([0.6, 0.4], 1, 2, 0.75), ([0.6, 0.8], nil, 3, 0.25),
      // As sure as asked is sure enough; the next number above is not.
      ([0.5, 2], 0, 1, 0.5), ([Double(0.5).nextUp, 0.75], 1, 2, 0.75),
      ([2, Double(0.75).nextUp], nil, 3, 0.25),
      ([2, 0], 1, 2, 0.75),
    ] as [([Double], Int?, Int, Float)] {
      let step = walk(thresholds).steps[0]
      #expect(step.exit == exit && step.token == token && step.confidence == confidence)
      #expect(step.truth == 3)
    }
  }

  @Test func eachSignalIsItsOwn() {
    // At the prompt: margins 0.1 and 0.8, entropies 0.9 and 0.2.
    #expect(walk([0.15, 0.7], signal: .margin).steps[0].exit == 1)
    #expect(walk([0.15, 0.7], signal: .entropy).steps[0].exit == 0)
    #expect(walk([0.15, 0.7], signal: .maxProbability).steps[0].exit == 0)
    #expect(walk([0.95, 0.7], signal: .entropy).steps[0].exit == nil)
    #expect(walk([0.15, 0.7], signal: .margin).steps[0].confidence == 0.8)
  }

  @Test func aloneTheLastExitAlwaysAnswers() {
    for threshold in [0, 0.9, 2.0] {
      let step = walk([2, threshold], standalone: true).steps[0]
      #expect(step.exit == 1 && step.token == 2 && step.confidence == 0.75 && step.truth == 3)
    }
    #expect(walk([0.5, 2], standalone: true).steps[0].exit == 0)
    #expect(
      SignalPolicy(signal: .margin, thresholds: [2], mode: .standalone).exitPolicy.firstSure { _ in
        0
      } == 0)
    #expect(
      SignalPolicy(signal: .margin, thresholds: [2, 2, 2]).exitPolicy.firstSure { _ in 1 } == nil)
  }

  /// With feedback a token that the cloud was asked for goes on otherwise than the same token of an exit.
  @Test func askedTokensAreOtherChildren() {
    var tree = TextTree(exitCount: 1, hasFeedback: true)
    tree.append(at: nil, [.of(3, 0.5)], truth: 3, probability: 1)
    tree.append(at: (0, 3), asked: false, [.of(5, 0.5)], truth: 7, probability: 1)
    tree.append(at: (0, 3), asked: true, [.of(6, 0.5)], truth: 7, probability: 1)
    tree.append(at: (2, 6), asked: false, [.of(8, 0.5)], truth: 9, probability: 1)
    #expect(tree.child(of: 0, 3) == 1 && tree.child(of: 0, 3, asked: true) == 2)
    // The cloud was asked for the token behind a prompt of ten: ten positions have come back from there on.
    #expect((0..<4).map { tree.returnedPositions(at: $0, prompt: 10) } == [0, 0, 10, 10])

    func tokens(_ policy: SignalPolicy) -> [Int] { Walk(policy, through: tree, limits).tokens }
    #expect(tokens(.init(signal: .margin, thresholds: [0.4])) == [3, 5])
    // Asked for the first token and no more: the policy is that of the exit behind it.
    #expect(tokens(.off(exits: 1, signal: .margin)) == [3, 7])
    #expect(tokens(.off(exits: 1, signal: .margin, returnsStates: false)) == [3, 7])
    let walks = [true, false].map {
      Walk(.off(exits: 1, signal: .margin, returnsStates: $0), through: tree, limits)
    }
    #expect(walks[0].steps.map(\.node) == [0, 2] && walks[0].steps.allSatisfy(\.isAsked))
    #expect(walks[1].steps.map(\.node) == [0, 1] && !walks[1].steps.contains(where: \.isAsked))
  }

  /// Without feedback one node serves both.
  @Test func withoutFeedbackATokenIsAToken() {
    #expect(tree.child(of: 0, 3, asked: true) == 1 && tree.child(of: 0, 3) == 1)
    #expect(tree.returnedPositions(at: 1, prompt: 10) == 0 && !tree.asked.contains(true))
  }

  @Test func aTreeKnowsWhatItsNodesSay() {
    #expect(tree.count == 4 && tree.child(of: 0, 3) == 1 && tree.child(of: 0, 1) == 2)
    #expect(tree.child(of: 1, 4) == 3 && tree.child(of: 0, 2) == nil && tree.child(of: 2, 4) == nil)
    #expect(tree.answer(of: 1, at: 1) == .of(4, 0.5) && tree.answer(of: 0, at: 2) == .of(5, 1))
    #expect(tree.truth(at: 2) == 0)
  }
}
