extension TemplateValue {
  /// The text that a template outputs for the value: Python's `str`.
  var text: String {
    switch self {
    case .undefined: ""
    case .string(let text): text
    default: representation
    }
  }

  /// Python's `repr` of the value.
  var representation: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "None"
    case .bool(let flag): flag ? "True" : "False"
    case .integer(let number): "\(number)"
    case .real(let number): Self.text(number)
    case .string(let text): Self.quoted(text)
    case .list(let elements, let isTuple): Self.text(elements, isTuple: isTuple)
    case .dictionary(let members):
      "{"
        + members.members.map { "\($0.key.representation): \($0.value.representation)" }
        .joined(separator: ", ") + "}"
    case .namespace: "<Namespace>"
    case .macro(let name): "<Macro '\(name)'>"
    case .function(let function): "<function \(function.rawValue)>"
    case .loop(let loop): "<LoopContext \(loop.index + 1)/\(loop.elements.count)>"
    }
  }

  private static func text(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return "\(number)"
  }

  private static func text(_ elements: [TemplateValue], isTuple: Bool) -> String {
    let inner = elements.map(\.representation).joined(separator: ", ")
    if isTuple { return elements.count == 1 ? "(\(inner),)" : "(\(inner))" }
    return "[\(inner)]"
  }

  private static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in scalars {
      switch scalar {
      case "\\", quote: result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.isPrintable {
          result.unicodeScalars.append(scalar)
        } else {
          result += escape(scalar)
        }
      }
    }
    result.unicodeScalars.append(quote)
    return result
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    func hexadecimal(_ digits: Int) -> String {
      let text = String(scalar.value, radix: 16)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    switch scalar.value {
    case ..<0x100: return "\\x" + hexadecimal(2)
    case ..<0x10000: return "\\u" + hexadecimal(4)
    default: return "\\U" + hexadecimal(8)
    }
  }
}

extension Unicode.Scalar {
  /// Python's `str.isprintable` for one character.
  fileprivate var isPrintable: Bool {
    if self == " " { return true }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
