import CleaveExits
import CleaveCalibrate
import CleaveStorage
import TestSupport
import Testing

/// The way through the thresholds, against counts made place by place.
@Suite struct PolicyPathTests {
  private static let shapes: [(prompts: Int, exits: Int, steps: Int?)] = [
    (1, 1, nil), (3, 1, 3), (20, 2, nil), (20, 2, 4), (60, 2, 40), (60, 3, nil), (60, 3, 1),
    (80, 2, nil),
  ]

  private func loops() -> [OpenLoop] {
    var random = SplitMix64(seed: 11)
    return Self.shapes.flatMap { shape in
      (0..<4).map { _ in
        OpenLoop.random(
          prompts: shape.prompts, exits: shape.exits, steps: shape.steps, &random)
      }
    }
  }

  @Test func thresholdsLieMidwayBetweenNeighbours() {
    for loop in loops() {
      for exit in 0..<loop.exitCount {
        for quantiles in [1, 7, PolicyPathTests.quantiles] {
          check(loop, exit, quantiles)
        }
      }
    }
  }

  private static let quantiles = 256

  private func check(_ loop: OpenLoop, _ exit: Int, _ quantiles: Int) {
    let thresholds = loop.thresholds(of: exit, quantiles: quantiles)
    let observed = Set(loop.places.map { $0.confidences[exit] })
    #expect(thresholds.last == 0 && thresholds.count <= quantiles + 1)
    #expect(zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 > $1 })
    for threshold in thresholds.dropLast() {
      let above = observed.filter { Double($0) > threshold }.min()
      let below = observed.filter { Double($0) < threshold }.max()
      guard let above, let below else {
        Issue.record("\(threshold) is beyond what was observed")
        continue
      }
      #expect(!observed.contains { Double($0) == threshold })
      #expect(threshold == (Double(above) + Double(below)) / 2)
    }
    // With a quantile for each place no gap between two neighbours is left out.
    guard loop.places.count <= quantiles else { return }
    #expect(thresholds.count == observed.count)
  }

  /// Two neighbours of float32: a threshold between them is no float32, and is not rounded to one.
  @Test func neighboursThatAreNextToOneAnotherAreToldApart() {
    let high: Float = 0.7
    let loop = OpenLoop(
      places: [high, high.nextDown].map {
        .init(confidences: [$0], isRight: [true], weight: 1)
      }, prompts: 2, exitCount: 1)
    let threshold = loop.thresholds(of: 0, quantiles: 256)[0]
    #expect(threshold < Double(high) && threshold > Double(high.nextDown))
  }

  private func count(_ policy: SignalPolicy, _ loop: OpenLoop) -> (
    disagreement: Double, cloud: Double
  ) {
    var (wrong, cloud) = (0.0, 0)
    for location in loop.places {
      guard let exit = policy.exitPolicy.firstSure({ location.confidences[$0] }) else {
        cloud += 1
        continue
      }
      if !location.isRight[exit] { wrong += location.weight }
    }
    return (wrong / Double(loop.prompts), Double(cloud) / Double(loop.places.count))
  }

  @Test(arguments: [false, true]) func everyPointSaysWhatACountSays(standalone: Bool) {
    for loop in loops() {
      let path = PolicyPath(loop, signal: .margin, mode: standalone ? .standalone : .collaborative)
      for point in path.points {
        #expect(point.policy.signal == .margin && point.policy.isStandalone == standalone)
        let counted = count(point.policy, loop)
        #expect(abs(point.disagreement - counted.disagreement) < 1e-9)
        #expect(point.cloudShare == counted.cloud)
      }
    }
  }

  @Test func thePathLeadsFromOffToAlways() {
    for loop in loops() {
      let points = PolicyPath(loop, signal: .entropy).points
      #expect(points[0].policy == .off(exits: loop.exitCount, signal: .entropy))
      #expect(points[0].disagreement == 0 && points[0].cloudShare == 1)
      #expect(points.last?.policy.thresholds == Array(repeating: 0, count: loop.exitCount))
      #expect(points.last?.cloudShare == 0)
      expectNested(points)
      let steps = (0..<loop.exitCount).map { loop.thresholds(of: $0, quantiles: 256).count }
      #expect(points.count == 1 + steps.reduce(0, +))
    }
  }

  @Test func aloneThePathIsThatOfTheOthers() {
    for loop in loops() {
      let points = PolicyPath(loop, signal: .entropy, mode: .standalone).points
      let last = loop.exitCount - 1
      #expect(points.allSatisfy { $0.cloudShare == 0 && $0.policy.thresholds[last] > 1 })
      #expect(points[0].policy.thresholds.allSatisfy { $0 > 1 })
      #expect(points.last?.policy.thresholds.dropLast() == Array(repeating: 0, count: last)[...])
      expectNested(points)
    }
  }

  /// Each step lowers one threshold.
  private func expectNested(_ points: [PolicyPath.Point]) {
    for (one, next) in zip(points, points.dropFirst()) {
      let changed = one.policy.thresholds.indices.filter {
        one.policy.thresholds[$0] != next.policy.thresholds[$0]
      }
      #expect(changed.count == 1)
      #expect(changed.allSatisfy { next.policy.thresholds[$0] < one.policy.thresholds[$0] })
      #expect(next.cloudShare <= one.cloudShare)
    }
  }

  /// The one that errs a little more has saved the way to the next.
  @Test func ofTwoThatAreAboutEquallyGoodTheEarlierAnswers() {
    func first(_ weights: (Double, Double)) -> [Double] {
      let loop = OpenLoop(
        places: [
          .init(confidences: [0.75, 0.25], isRight: [false, true], weight: weights.0),
          .init(confidences: [0.25, 0.75], isRight: [true, false], weight: weights.1),
        ], prompts: 2, exitCount: 2)
      return PolicyPath(loop, signal: .margin).points[1].policy.thresholds
    }
    #expect(first((1, 1)) == [0.5, 2])
    #expect(first((1.03, 1)) == [0.5, 2])
    #expect(first((1.07, 1)) == [2, 0.5])
  }

  /// The step that saves most for what it costs comes first, wherever it is.
  @Test func whatIsSaferComesFirst() {
    let loop = OpenLoop(
      places: (0..<10).map { location in
        .init(
          confidences: [Float(10 - location) / 16, Float(location + 1) / 16],
          isRight: [location > 4, true], weight: 0.1)
      }, prompts: 1, exitCount: 2)
    let points = PolicyPath(loop, signal: .margin).points
    // The second exit is always right: nothing is lost until it answers everything.
    #expect(points.first { $0.cloudShare == 0 }?.disagreement == 0)
  }

  @Test func anOpenLoopIsReadOffWalks() {
    var tree = TextTree(exitCount: 1)
    tree.append(at: nil, [.of(3, 0.5, margin: 0.25)], truth: 3, probability: 1)
    tree.append(at: (0, 3), [.of(3, 0.75, margin: 0.5)], truth: 4, probability: 1)
    let off = SignalPolicy.off(exits: 1, signal: .margin)
    let walk = Walk(off, through: tree, .init(maxTokens: 2, stopTokens: []))
    let short = Walk(off, through: tree, .init(maxTokens: 1, stopTokens: []))
    let loop = OpenLoop([walk, short], [tree, tree], signal: .margin)
    #expect(loop.prompts == 2 && loop.exitCount == 1)
    #expect(loop.places.map(\.confidences) == [[0.25], [0.5], [0.25]])
    #expect(loop.places.map(\.isRight) == [[true], [false], [true]])
    #expect(loop.places.map(\.weight) == [0.5, 0.5, 1])
  }
}
