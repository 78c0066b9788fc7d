/// An axis of a plot: maps values to positions and chooses ticks.
struct Axis {
  let label: String
  let domain: ClosedRange<Double>
  let ticks: [Double]
  let text: (Double) -> String

  /// - Parameter count: the approximate number of ticks.
  init(
    _ label: String, _ domain: ClosedRange<Double>, ticks count: Int = 5,
    text: @escaping (Double) -> String
  ) {
    let span = domain.upperBound - domain.lowerBound
    let domain =
      span > 0 && span.isFinite ? domain : domain.lowerBound...(domain.lowerBound + 1)
    self.label = label
    self.domain = domain
    self.text = text
    let step = Self.step(domain.upperBound - domain.lowerBound, count)
    let first = (domain.lowerBound / step - 1e-9).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    // A number so large that it has no neighbours has no ticks beside it.
    let isFine = first <= last && max(first.magnitude, last.magnitude) < 1e9
    ticks = isFine ? (Int(first)...Int(last)).map { Double($0) * step } : []
  }

  /// An axis of shares from 0 to 1, labelled in per cent.
  static func share(_ label: String, _ domain: ClosedRange<Double> = 0...1, ticks: Int = 5) -> Axis
  {
    let step = step(domain.upperBound - domain.lowerBound, ticks)
    let digits = step >= 0.0099 ? 0 : step >= 0.00099 ? 1 : 2
    return Axis(label, domain, ticks: ticks) { "\(($0 * 100).fixed(digits)) %" }
  }

  /// A distance of ticks: 1, 2 or 5 times a power of ten.
  private static func step(_ span: Double, _ count: Int) -> Double {
    let rough = min(max(span, 1e-12), 1e300) / Double(max(1, count))
    var power = 1.0
    while power > rough { power /= 10 }
    while power * 10 <= rough { power *= 10 }
    let factor = [1.0, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10
    return factor * power
  }

  /// The position of a value from 0 to 1; values outside the domain are clamped.
  func position(_ value: Double) -> Double {
    let at = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return at.isFinite ? min(1, max(0, at)) : 0
  }
}
