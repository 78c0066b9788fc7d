/// A sum with its accumulated rounding error (Neumaier 1974).
package struct ExactSum {
  private var sum = 0.0
  private var lost = 0.0

  package init(_ values: [Double]) {
    for value in values { add(value) }
  }

  private mutating func add(_ value: Double) {
    let next = sum + value
    lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
    sum = next
  }

  package var value: Double { sum + lost }

  /// The smallest whole number that is not below the exact sum. `value` may have been rounded down to a whole
  /// number, and a count that is too small would make a p-value too small.
  package var roundedUp: Int {
    let rounded = value
    let rest = (sum - rounded) + lost
    let whole = rounded.rounded(.up)
    return Int(whole) + (whole == rounded && rest > 0 ? 1 : 0)
  }
}
