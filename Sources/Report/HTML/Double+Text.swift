/// Numbers formatted for reading. The page has full values in titles, and `--json` has them all.
extension Double {
  /// The number with `digits` decimals, rounded half away from zero.
  func fixed(_ digits: Int) -> String {
    guard isFinite, magnitude < 1e12 else { return "\(self)" }
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((magnitude * Double(scale)).rounded())
    let sign = self < 0 && scaled != 0 ? "−" : ""
    guard digits > 0 else { return "\(sign)\(scaled)" }
    let fraction = "\(scaled % scale)"
    return "\(sign)\(scaled / scale)."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// The number as a percentage; shares that are not 0 or 1 are never shown as such.
  var percent: String {
    if self > 0, self < 0.0005 { return "< 0.1 %" }
    if self < 1, self >= 0.9995 { return "> 99.9 %" }
    return "\((self * 100).fixed(1)) %"
  }

  /// The number as a percentage with as few decimals as it needs, as in a promise: 5 %, 2.5 %, 0.05
  /// %.
  var roundPercent: String {
    let digits = (0...6).first { digits in
      let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
      let value = self * 100 * scale
      return (value - value.rounded()).magnitude < 1e-6
    }
    return "\((self * 100).fixed(digits ?? 6)) %"
  }

  /// The number as an SVG coordinate, with at most two decimals.
  var coordinate: String {
    guard isFinite, magnitude < 1e9 else { return "0" }
    let hundredths = Int((self * 100).rounded())
    guard hundredths % 100 != 0 else { return "\(hundredths / 100)" }
    let (whole, fraction) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    let tail =
      fraction % 10 == 0 ? "\(fraction / 10)" : fraction < 10 ? "0\(fraction)" : "\(fraction)"
    return "\(sign)\(whole).\(tail)"
  }

  /// A number of bytes in decimal units, as usual for networks.
  var bytes: String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (self, 0)
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return "\(value.fixed(value < 10 ? 2 : value < 100 ? 1 : 0)) \(units[unit])"
  }
}
