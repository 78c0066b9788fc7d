/// Filters that give numbers.
extension TemplateInterpreter {
  /// Python's `int`, and for texts of numbers with a point what is before it; nil where the default stands.
  func integer(_ value: TemplateValue, _ location: Location) throws -> TemplateValue? {
    switch value {
    case .undefined(let what): throw undefined(what, location)
    case .bool, .integer: return value.index.map { .integer($0) }
    case .real(let number):
      guard let whole = Int(exactly: number.rounded(.towardZero)) else {
        throw TemplateFault(location, "\(number) as int", expected: "a number of 64 bits")
      }
      return .integer(whole)
    case .string(let text):
      let plain = text.stripped(nil, left: true, right: true)
      if let number = Int(plain) { return .integer(number) }
      return Self.decimal(plain).flatMap { Int(exactly: $0.rounded(.towardZero)) }.map {
        .integer($0)
      }
    default: return nil
    }
  }

  /// Python's `float`; nil where the default stands.
  func real(_ value: TemplateValue, _ location: Location) throws -> TemplateValue? {
    switch value {
    case .undefined(let what): throw undefined(what, location)
    case .string(let text):
      return Self.decimal(text.stripped(nil, left: true, right: true)).map { .real($0) }
    default: return value.number.map { .real($0) }
    }
  }

  private func undefined(_ what: String, _ location: Location) -> TemplateFault {
    TemplateFault(location, "\(what), which is undefined", expected: "a number or a text")
  }

  /// Swift reads hexadecimal digits too, which Python refuses.
  private static func decimal(_ text: String) -> Double? {
    text.utf8.contains { $0 | 0x20 == UInt8(ascii: "x") } ? nil : Double(text)
  }

  func round(
    _ value: TemplateValue, _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    guard let number = value.number else {
      throw TemplateFault(location, "round of \(value.kind)", expected: "a number")
    }
    let precision = arguments["precision"] ?? .integer(0)
    guard let digits = precision.index, (0...15).contains(digits) else {
      throw TemplateFault(
        location, "the precision \(precision.representation.prefix(80))", expected: "0 to 15")
    }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    switch arguments["method"]?.text ?? "common" {
    case "common":
      // Whole numbers stay what they are.
      if let whole = value.index { return .integer(whole) }
      return .real((number * scale).rounded(.toNearestOrEven) / scale)
    case "floor": return .real((number * scale).rounded(.down) / scale)
    case "ceil": return .real((number * scale).rounded(.up) / scale)
    case let other:
      throw TemplateFault(
        location, "the method \"\(other.prefix(80))\" of round", expected: "common, ceil or floor")
    }
  }

  func sum(
    _ elements: [TemplateValue], _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    try elements.reduce(arguments["start"] ?? .integer(0)) { sum, element in
      let value =
        try arguments["attribute"].map { try lookup($0, of: element, location) } ?? element
      guard let one = sum.number, let other = value.number else {
        throw TemplateFault(location, "a sum with \(value.kind)", expected: "numbers")
      }
      if let one = sum.index, let other = value.index { return .integer(one &+ other) }
      return .real(one + other)
    }
  }
}
