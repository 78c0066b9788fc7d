import CleaveStorage

/// The median and the 95th percentile of something that was measured often.
package struct Percentiles: Sendable, Equatable {
  package var p50: Double
  package var p95: Double

  package init(p50: Double, p95: Double) {
    self.p50 = p50
    self.p95 = p95
  }

  /// Takes them from measurements, at least one, by nearest rank.
  package init(of values: [Double]) {
    let sorted = values.sorted()
    self.init(p50: Self.rank(0.5, sorted), p95: Self.rank(0.95, sorted))
  }

  /// The value that this share of all are at most, by nearest rank.
  package static func rank(_ share: Double, _ sorted: [Double]) -> Double {
    precondition(!sorted.isEmpty, "nothing was measured")
    let index = Int((share * Double(sorted.count)).rounded(.up)) - 1
    return sorted[min(max(index, 0), sorted.count - 1)]
  }

  package func map(_ change: (Double) -> Double) -> Percentiles {
    Percentiles(p50: change(p50), p95: change(p95))
  }
}

extension Percentiles {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["p50", "p95"])
    p50 = try node.required("p50").atLeast0()
    let high = try node.required("p95")
    p95 = try high.atLeast0()
    guard p95 >= p50 else { throw high.refuse(expected: "at least p50, \(p50)") }
  }

  var json: JSON { ["p50": .real(p50), "p95": .real(p95)] }
}
