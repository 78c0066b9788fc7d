/// Numbers as people read them. The page has the full ones in titles, and `--json` has them all.
extension Double {
  /// With that many digits after the point, half away from zero.
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

  /// Never "0.0 %" of something that there is.
  var percent: String {
    if self > 0, self < 0.0005 { return "< 0.1 %" }
    if self < 1, self >= 0.9995 { return "> 99.9 %" }
    return "\((self * 100).fixed(1)) %"
  }

  /// As a promise is written: 5 %, 2.5 %, 0.05 %.
  var roundPercent: String {
    let digits = (0...6).first { digits in
      let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
      let value = self * 100 * scale
      return (value - value.rounded()).magnitude < 1e-6
    }
    return "\((self * 100).fixed(digits ?? 6)) %"
  }

  /// In an SVG: two digits after the point, and no more than it needs.
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

  /// Bytes in decimal units, as networks count.
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

extension Int {
  /// 12,345.
  var grouped: String {
    let digits = "\(magnitude)"
    var text = self < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// "1 token", "2 tokens".
  func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}
