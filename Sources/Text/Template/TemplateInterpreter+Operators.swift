import Glibc

extension TemplateInterpreter {
  func negative(_ value: TemplateValue, _ location: Location) throws -> TemplateValue {
    if case .real(let number) = value { return .real(-number) }
    guard let number = value.index, number != .min else {
      throw TemplateFault(location, "- before \(value.kind)", expected: "a number")
    }
    return .integer(-number)
  }

  func apply(
    _ operation: String, _ left: TemplateValue, _ right: TemplateValue, _ location: Location
  ) throws -> TemplateValue {
    switch (operation, left, right) {
    case ("~", _, _): return .string(left.text + right.text)
    case ("+", .string(let one), .string(let other)): return .string(one + other)
    case ("+", .list(let one, let isTuple), .list(let other, let isOther)) where isTuple == isOther:
      return .list(one + other, isTuple: isTuple)
    case ("*", .string(let text), _) where right.index != nil:
      return .string(try repeated(text, right.index ?? 0, location))
    case ("*", .list(let elements, let isTuple), _) where right.index != nil:
      let count = Swift.max(0, right.index ?? 0)
      let (total, overflow) = count.multipliedReportingOverflow(by: elements.count)
      guard !overflow, total <= TemplateLimits.elements else {
        throw TemplateFault(
          location, "a longer list", expected: "at most \(TemplateLimits.elements) elements")
      }
      return .list(Array(repeatElement(elements, count: count).joined()), isTuple: isTuple)
    case ("%", .string, _):
      throw TemplateFault(location, "the operator % on a text", expected: "~ or the filter replace")
    default: return try arithmetic(operation, left, right, location)
    }
  }

  func repeated(_ text: String, _ count: Int, _ location: Location) throws -> String {
    let count = Swift.max(0, count)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: text.utf8.count)
    guard !overflow, bytes <= TemplateLimits.bytes else {
      throw TemplateFault(
        location, "a longer text", expected: "at most \(TemplateLimits.bytes) bytes")
    }
    return text.repeated(count)
  }

  private func arithmetic(
    _ operation: String, _ left: TemplateValue, _ right: TemplateValue, _ location: Location
  ) throws -> TemplateValue {
    if let one = left.index, let other = right.index, operation != "/" {
      return try integers(operation, one, other, location)
    }
    guard let one = left.number, let other = right.number else {
      throw TemplateFault(
        location, "\(left.described) \(operation) \(right.described)",
        expected: "operands of matching types")
    }
    if other == 0, ["/", "//", "%"].contains(operation) {
      throw TemplateFault(location, "a division by zero", expected: "another divisor")
    }
    switch operation {
    case "+": return .real(one + other)
    case "-": return .real(one - other)
    case "*": return .real(one * other)
    case "/": return .real(one / other)
    case "//": return .real((one / other).rounded(.down))
    case "%": return .real(one - (one / other).rounded(.down) * other)
    default: return .real(pow(one, other))
    }
  }

  private func integers(
    _ operation: String, _ one: Int, _ other: Int, _ location: Location
  ) throws -> TemplateValue {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> TemplateValue {
      guard !result.overflow else {
        throw TemplateFault(
          location, "\(one) \(operation) \(other)", expected: "a result of 64 bits")
      }
      return .integer(result.partialValue)
    }
    switch operation {
    case "+": return try checked(one.addingReportingOverflow(other))
    case "-": return try checked(one.subtractingReportingOverflow(other))
    case "*": return try checked(one.multipliedReportingOverflow(by: other))
    case "**":
      guard other >= 0 else { return .real(pow(Double(one), Double(other))) }
      let power = pow(Double(one), Double(other))
      guard abs(power) < 9e15 else {
        throw TemplateFault(location, "\(one) ** \(other)", expected: "a result below 9e15")
      }
      return .integer(Int(power))
    default:
      guard other != 0 else {
        throw TemplateFault(location, "a division by zero", expected: "another divisor")
      }
      let quotient = one.dividedReportingOverflow(by: other)
      // Python rounds the quotient towards minus infinity, Swift towards zero.
      let rest = one &- quotient.partialValue &* other
      let isBelow = rest != 0 && (rest < 0) != (other < 0)
      if operation == "%" { return .integer(isBelow ? rest + other : rest) }
      return try checked((quotient.partialValue - (isBelow ? 1 : 0), quotient.overflow))
    }
  }
}
