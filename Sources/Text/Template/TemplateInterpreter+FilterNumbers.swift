import Glibc

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
      guard let number = try decimal(plain, location) else { return nil }
      return try integer(.real(number), location)
    default: return nil
    }
  }

  /// Python's `float`; nil where the default stands.
  func real(_ value: TemplateValue, _ location: Location) throws -> TemplateValue? {
    switch value {
    case .undefined(let what): throw undefined(what, location)
    case .string(let text):
      return try decimal(text.stripped(nil, left: true, right: true), location).map { .real($0) }
    default: return value.number.map { .real($0) }
    }
  }

  private func undefined(_ what: String, _ location: Location) -> TemplateFault {
    TemplateFault(location, "\(what), which is undefined", expected: "a number or a text")
  }

  /// A number as both Swift and Python read it. Only Swift reads hexadecimal digits, and only Python digits of other
  /// scripts and with underscores between them.
  private func decimal(_ text: String, _ location: Location) throws -> Double? {
    let isPythons = text.unicodeScalars.contains {
      $0 == "_" || !$0.isASCII && $0.properties.numericType == .decimal
    }
    guard !isPythons || !text.unicodeScalars.allSatisfy(Self.isOfANumber) else {
      throw TemplateFault(
        location, "the number \"\(text.prefix(80))\"",
        expected: "digits of ASCII without underscores")
    }
    return text.utf8.contains { $0 | 0x20 == UInt8(ascii: "x") } ? nil : Double(text)
  }

  private static func isOfANumber(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType == .decimal || "+-._eE".unicodeScalars.contains(scalar)
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
    switch try arguments.text("method", location) ?? "common" {
    case "common":
      // Whole numbers stay what they are.
      if let whole = value.index { return .integer(whole) }
      return .real(Self.rounded(number, digits: digits))
    case "floor": return .real((number * scale).rounded(.down) / scale)
    case "ceil": return .real((number * scale).rounded(.up) / scale)
    case let other:
      throw TemplateFault(
        location, "the method \"\(other.prefix(80))\" of round", expected: "common, ceil or floor")
    }
  }

  /// Rounds the exact decimal value, as Python does.
  private static func rounded(_ number: Double, digits: Int) -> Double {
    var text = [CChar](repeating: 0, count: 400)
    let count = withVaList([Int32(digits), number]) { vsnprintf(&text, text.count, "%.*f", $0) }
    let bytes = text.prefix(max(0, min(Int(count), text.count - 1))).map { UInt8(bitPattern: $0) }
    return Double(String(decoding: bytes, as: UTF8.self)) ?? number
  }

  mutating func sum(
    _ elements: [TemplateValue], _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    let path = try arguments.path(location)
    return try elements.reduce(arguments["start"] ?? .integer(0)) { sum, element in
      let value = try path.map { try item(at: $0, of: element, location) } ?? element
      guard let one = sum.number, let other = value.number else {
        throw TemplateFault(location, "a sum with \(value.kind)", expected: "numbers")
      }
      if let one = sum.index, let other = value.index {
        let (result, overflow) = one.addingReportingOverflow(other)
        guard !overflow else {
          throw TemplateFault(location, "\(one) + \(other)", expected: "a result of 64 bits")
        }
        return .integer(result)
      }
      return .real(one + other)
    }
  }
}
