/// Picks from a path the policies to test: those whose risk, written out on the tuning prompts, lies
/// around the promise.
package struct Candidates {
  /// Of the promised risk. The first are so safe that they should pass, the last so bold that they
  /// should not.
  static let multiples = [0.25, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.1, 1.25]
  private static let most = 1.4
  private static let mostKnots = 10

  let path: PolicyPath
  let risk: Double
  /// Mean loss on the tuning prompts of the policy at a place of the path.
  let measure: (_ index: Int) throws -> Double

  package init(path: PolicyPath, risk: Double, measure: @escaping (_ index: Int) throws -> Double) {
    self.path = path
    self.risk = risk
    self.measure = measure
  }

  /// Places on the path, rising.
  package func choose() throws -> [Int] {
    let knots = try refine(try bracket())
    var chosen: Set<Int> = []
    for multiple in Self.multiples {
      chosen.insert(location(of: multiple * risk, knots))
    }
    // Where all exits are off there is nothing to test.
    return chosen.filter { $0 > 0 || path.points[0].policy.standalone }.sorted()
  }

  typealias Knot = (index: Int, risk: Double)

  private func lastIndex(disagreement: Double) -> Int {
    path.points.lastIndex { $0.disagreement <= disagreement } ?? 0
  }

  /// From off on, ever bolder, until the risk is well above the promise or the path ends.
  private func bracket() throws -> [Knot] {
    let end = path.points.count - 1
    var knots: [Knot] = [(0, try measure(0))]
    var disagreement = max(risk / 4, path.points[0].disagreement)
    while let last = knots.last, last.index < end, last.risk < Self.most * risk {
      let next = min(end, max(last.index + 1, lastIndex(disagreement: disagreement)))
      knots.append((next, try measure(next)))
      disagreement = max(disagreement, path.points[next].disagreement) * 1.7
    }
    return knots
  }

  /// Halves the widest gap around the promise until it is fine enough.
  private func refine(_ start: [Knot]) throws -> [Knot] {
    var knots = start
    while knots.count < Self.mostKnots {
      let gaps = knots.indices.dropLast().filter {
        knots[$0 + 1].index - knots[$0].index > 1 && knots[$0].risk < Self.most * risk
          && knots[$0 + 1].risk > Self.multiples[0] * risk
      }
      guard
        let widest = gaps.max(by: { rise(knots, $0) < rise(knots, $1) }),
        rise(knots, widest) > risk / 8
      else { break }
      let middle = (knots[widest].index + knots[widest + 1].index) / 2
      knots.insert((middle, try measure(middle)), at: widest + 1)
    }
    return knots
  }

  private func rise(_ knots: [Knot], _ index: Int) -> Double {
    abs(knots[index + 1].risk - knots[index].risk)
  }

  /// The place of a risk, between the knots where it is first passed.
  private func location(of target: Double, _ knots: [Knot]) -> Int {
    guard let above = knots.firstIndex(where: { $0.risk >= target }) else {
      return knots[knots.count - 1].index
    }
    guard above > 0 else { return knots[0].index }
    let (low, high) = (knots[above - 1], knots[above])
    let part = (target - low.risk) / max(high.risk - low.risk, 1e-12)
    return low.index + Int(part * Double(high.index - low.index))
  }
}
