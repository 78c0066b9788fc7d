import CleaveExits
import CleaveModel

/// A sequence of policies from never answering to always answering. Each step lowers the threshold of one exit by
/// a quantile of its confidences: of the exit whose new answers save most for the disagreement that they cost.
/// The path depends on tuning prompts alone, so that its policies may be tested on calibration prompts.
package struct PolicyPath {
  package struct Point: Equatable {
    package let policy: SignalPolicy
    /// The mean over prompts of the share of tokens that differ from the whole model's.
    package let disagreement: Double
    /// The share of all tokens that the cloud answers.
    package let cloudShare: Double
  }

  /// The policies, from safe to bold.
  package private(set) var points: [Point] = []

  /// The cost of a token that an exit leaves to the next exit, in tokens of the cloud. It lets the earlier of two
  /// equally good exits answer.
  static let depthCost = 0.05
  static let quantiles = 256

  package init(_ loop: OpenLoop, signal: ExitRecord.Signal, mode: ExitPolicy.Mode = .collaborative)
  {
    var sketch = Sketch(loop, mode: mode)
    var steps = (0..<loop.exitCount).map { loop.thresholds(of: $0, quantiles: Self.quantiles)[...] }
    // The last exit answers anyway.
    if mode == .standalone { steps[loop.exitCount - 1] = [] }
    func point() -> Point {
      Point(
        policy: SignalPolicy(signal: signal, thresholds: sketch.thresholds, mode: mode),
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

  /// The effect of a step.
  struct Change {
    let disagreement: Double
    /// The saving in tokens of the cloud.
    let saved: Double

    /// The saving per disagreement. A step that moves no token is taken at once, because further steps of the
    /// exit come behind it.
    private var worth: Double { saved == 0 ? .infinity : saved / max(disagreement, 1e-9) }

    func isBetter(than other: Change) -> Bool { worth > other.worth }
  }
}

/// The thresholds of a path that is being made, and which exit answers which position under them.
private struct Sketch {
  private let loop: OpenLoop
  private(set) var thresholds: [Double]
  /// The exit that answers each position; the number of exits stands for the cloud.
  private var answering: [Int]
  private(set) var wrong = 0.0
  private var cloud: Int
  /// For each exit, the positions by falling confidence.
  private let order: [[Int]]
  /// For each exit, the number of positions in `order` at or above its threshold.
  private var taken: [Int]

  var disagreement: Double { max(0, wrong) / Double(max(1, loop.prompts)) }
  var cloudShare: Double { Double(cloud) / Double(max(1, loop.places.count)) }

  init(_ loop: OpenLoop, mode: ExitPolicy.Mode) {
    self.loop = loop
    thresholds = ExitPolicy.off(exits: loop.exitCount).thresholds
    let nobody = mode == .standalone ? loop.exitCount - 1 : loop.exitCount
    answering = Array(repeating: nobody, count: loop.places.count)
    cloud = mode == .standalone ? 0 : loop.places.count
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

  /// The cost of a position that an exit answers, in tokens of the cloud.
  private func cost(_ exit: Int) -> Double {
    Double(exit) * PolicyPath.depthCost + (exit == loop.exitCount ? 1 : 0)
  }

  /// The positions that reach an exit's threshold when it is lowered.
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
