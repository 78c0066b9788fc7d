/// Chooses the policies of a path to test: those whose risk in a closed loop on the tuning prompts lies around
/// the promised risk.
package struct Candidates {
  /// The multiples of the promised risk at which policies are chosen. The first are so safe that they should
  /// pass, the last so bold that they should not.
  static let multiples = [0.25, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.1, 1.25]
  private static let most = 1.4
  private static let mostKnots = 10

  let path: PolicyPath
  let risk: Double
  /// Measures the mean loss, on the tuning prompts, of the policy at an index of the path.
  let measure: (_ index: Int) async throws -> Double

  package init(
    path: PolicyPath, risk: Double, measure: @escaping (_ index: Int) async throws -> Double
  ) {
    self.path = path
    self.risk = risk
    self.measure = measure
  }

  /// Indices of the path, rising.
  package func choose() async throws -> [Int] {
    let knots = try await refine(try await bracket())
    var chosen: Set<Int> = []
    for multiple in Self.multiples {
      chosen.insert(index(of: multiple * risk, knots))
    }
    // Where all exits are off there is nothing to test.
    return chosen.filter { $0 > 0 || path.points[0].policy.isStandalone }.sorted()
  }

  typealias Knot = (index: Int, risk: Double)

  private func lastIndex(disagreement: Double) -> Int {
    path.points.lastIndex { $0.disagreement <= disagreement } ?? 0
  }

  /// Measures ever bolder policies, beginning with all exits off, until the risk is well above the promise or
  /// the path ends.
  private func bracket() async throws -> [Knot] {
    let end = path.points.count - 1
    var knots: [Knot] = [(0, try await measure(0))]
    var disagreement = max(risk / 4, path.points[0].disagreement)
    while let last = knots.last, last.index < end, last.risk < Self.most * risk {
      let next = min(end, max(last.index + 1, lastIndex(disagreement: disagreement)))
      knots.append((next, try await measure(next)))
      disagreement = max(disagreement, path.points[next].disagreement) * 1.7
    }
    return knots
  }

  /// Halves the interval around the promise over which the risk changes most, until all changes are small.
  private func refine(_ start: [Knot]) async throws -> [Knot] {
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
      knots.insert((middle, try await measure(middle)), at: widest + 1)
    }
    return knots
  }

  private func rise(_ knots: [Knot], _ index: Int) -> Double {
    abs(knots[index + 1].risk - knots[index].risk)
  }

  /// The index of the path at which a risk is first reached, interpolated between measured policies.
  private func index(of target: Double, _ knots: [Knot]) -> Int {
    guard let above = knots.firstIndex(where: { $0.risk >= target }) else {
      return knots[knots.count - 1].index
    }
    guard above > 0 else { return knots[0].index }
    let (low, high) = (knots[above - 1], knots[above])
    let part = (target - low.risk) / max(high.risk - low.risk, 1e-12)
    return low.index + Int(part * Double(high.index - low.index))
  }
}
