/// The pace of a cloud's passes, learnt from those that ran: how many positions a pass may have to end in time.
package struct PassPace {
  /// The longest that a pass should take; nil for no bound.
  private let longest: Double?
  private var secondsPerPosition: Double?

  /// Fewer positions than this take nearly as long: reading the weights does.
  private static let fewest = 16
  /// The weight of the last pass in the pace.
  private static let weight = 0.2

  /// - Parameter target: the time in which nearly every request is to be answered. A request waits for the pass that
  ///   runs when it comes and for its own, so that each may take half of it.
  package init(target: Duration?) { longest = target.map { $0 / .seconds(2) } }

  package mutating func note(positions: Int, time: Duration) {
    guard positions > 0 else { return }
    let pace = time / .seconds(1) / Double(max(positions, Self.fewest))
    let last = secondsPerPosition ?? pace
    secondsPerPosition = last + Self.weight * (pace - last)
  }

  /// - Parameter most: positions of a pass that is not bounded by time.
  package func largestPass(atMost most: Int) -> Int {
    guard let longest, let secondsPerPosition, secondsPerPosition > 0 else { return most }
    let positions = longest / secondsPerPosition
    return positions < Double(most) ? max(Self.fewest, Int(positions)) : most
  }
}
