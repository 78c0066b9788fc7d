import CleaveModel

/// A way through the thresholds of all exits, from never answering to always: each step lowers one exit's
/// threshold by a quantile of its confidences, that one whose answers save most for the disagreement they
/// bring. Made of tuning prompts alone, so that calibration prompts may be tested along it.
package struct PolicyPath {
  package struct Point: Equatable {
    package let policy: Policy
    /// Mean over prompts of the share of tokens that differ, along the whole model's text.
    package let disagreement: Double
    /// Share of all tokens.
    package let cloudShare: Double
  }

  /// From safe to bold.
  package private(set) var points: [Point] = []

  /// What a token costs that an exit leaves to the next, in tokens of the cloud: enough to let the
  /// earlier of two equally good exits answer.
  static let depthCost = 0.05
  static let quantiles = 256

  package init(_ loop: OpenLoop, signal: ExitRecord.Signal, standalone: Bool = false) {
    var sketch = Sketch(loop, standalone: standalone)
    var steps = (0..<loop.exitCount).map { loop.thresholds(of: $0, quantiles: Self.quantiles)[...] }
    // The last exit answers anyway.
    if standalone { steps[loop.exitCount - 1] = [] }
    func point() -> Point {
      Point(
        policy: Policy(signal: signal, thresholds: sketch.thresholds, standalone: standalone),
        disagreement: sketch.disagreement, cloudShare: sketch.cloudShare)
    }
    points.append(point())
    while true {
      let moves = steps.indices.compactMap { exit in
        steps[exit].first.map { (exit: exit, change: sketch.change(exit, to: $0)) }
      }
      guard let best = moves.min(by: { $0.change.isBetter(than: $1.change) }) else { break }
      let threshold = steps[best.exit].removeFirst()
      sketch.lower(best.exit, to: threshold)
      points.append(point())
    }
  }

  /// What a step does.
  struct Change {
    let disagreement: Double
    /// What is saved, in tokens of the cloud.
    let saved: Double

    /// Saved for what it costs. A step that moves nobody is taken at once: others wait behind it.
    private var worth: Double { saved == 0 ? .infinity : saved / max(disagreement, 1e-9) }

    func isBetter(than other: Change) -> Bool { worth > other.worth }
  }
}

/// Thresholds under way, and who answers what under them.
private struct Sketch {
  private let loop: OpenLoop
  private let standalone: Bool
  private(set) var thresholds: [Double]
  /// The exit that answers each place, or their count for the cloud.
  private var answering: [Int]
  private(set) var wrong = 0.0
  private var cloud: Int
  /// For each exit, places by falling confidence, and how many of them are at or above its threshold.
  private let order: [[Int]]
  private var taken: [Int]

  var disagreement: Double { max(0, wrong) / Double(max(1, loop.prompts)) }
  var cloudShare: Double { Double(cloud) / Double(max(1, loop.places.count)) }

  init(_ loop: OpenLoop, standalone: Bool) {
    self.loop = loop
    self.standalone = standalone
    thresholds = Array(repeating: ExitRecord.off, count: loop.exitCount)
    let nobody = standalone ? loop.exitCount - 1 : loop.exitCount
    answering = Array(repeating: nobody, count: loop.places.count)
    cloud = standalone ? 0 : loop.places.count
    order = (0..<loop.exitCount).map { exit in
      loop.places.indices.sorted {
        (loop.places[$0].confidences[exit], $1) > (loop.places[$1].confidences[exit], $0)
      }
    }
    taken = Array(repeating: 0, count: loop.exitCount)
    wrong = loop.places.indices.reduce(0) { $0 + loss($1, by: nobody) }
  }

  private func loss(_ location: Int, by exit: Int) -> Double {
    guard exit < loop.exitCount, !loop.places[location].isRight[exit] else { return 0 }
    return loop.places[location].weight
  }

  /// Cost of a place answered there, in tokens of the cloud.
  private func cost(_ exit: Int) -> Double {
    Double(exit) * PolicyPath.depthCost + (exit == loop.exitCount ? 1 : 0)
  }

  /// The places that come to an exit when its threshold is lowered.
  private func newcomers(_ exit: Int, to threshold: Double) -> ArraySlice<Int> {
    let rest = order[exit][taken[exit]...]
    let end = rest.firstIndex { Double(loop.places[$0].confidences[exit]) < threshold }
    return rest[..<(end ?? rest.endIndex)]
  }

  func change(_ exit: Int, to threshold: Double) -> PolicyPath.Change {
    var (disagreement, saved) = (0.0, 0.0)
    for location in newcomers(exit, to: threshold) where answering[location] > exit {
      disagreement += loss(location, by: exit) - loss(location, by: answering[location])
      saved += cost(answering[location]) - cost(exit)
    }
    return .init(disagreement: disagreement, saved: saved)
  }

  mutating func lower(_ exit: Int, to threshold: Double) {
    let newcomers = newcomers(exit, to: threshold)
    for location in newcomers where answering[location] > exit {
      wrong += loss(location, by: exit) - loss(location, by: answering[location])
      if answering[location] == loop.exitCount { cloud -= 1 }
      answering[location] = exit
    }
    taken[exit] += newcomers.count
    thresholds[exit] = threshold
  }
}
