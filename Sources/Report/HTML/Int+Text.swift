extension Int {
  /// The number with grouped digits, as in 12,345.
  var grouped: String {
    let digits = "\(magnitude)"
    var text = self < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// The number with a noun in singular or plural: "1 token", "2 tokens".
  func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}
