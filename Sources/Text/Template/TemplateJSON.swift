/// The way in which Python's `json.dumps` writes a value.
struct TemplateJSON {
  /// The spaces of a level; nil for one line.
  let indent: Int?
  var comma: String
  var colon = ": "
  /// Whether characters beyond ASCII are written as escapes.
  var isASCII = false
  var sortsKeys = false

  init(indent: Int?) {
    self.indent = indent
    comma = indent == nil ? ", " : ","
  }

  /// The text of a value; nil for one that Python refuses.
  func text(of value: TemplateValue) -> String? { text(of: value, level: 0) }

  private func text(of value: TemplateValue, level: Int) -> String? {
    switch value {
    case .none: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .integer: return value.representation
    case .real(let number):
      if number.isNaN { return "NaN" }
      if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
      return value.representation
    case .string(let text): return quoted(text)
    case .list(let elements, _):
      var parts: [String] = []
      for element in elements {
        guard let part = text(of: element, level: level + 1) else { return nil }
        parts.append(part)
      }
      return lines(parts, "[", "]", level)
    case .dictionary(let members):
      var parts: [String] = []
      guard let ordered = inOrder(members.members) else { return nil }
      for (key, value) in ordered {
        guard let name = name(key), let part = text(of: value, level: level + 1) else {
          return nil
        }
        parts.append(quoted(name) + colon + part)
      }
      return lines(parts, "{", "}", level)
    default: return nil
    }
  }

  /// A key as a name; nil for what can be none.
  private func name(_ key: TemplateValue) -> String? {
    switch key {
    case .string(let text): text
    case .list, .dictionary: nil
    default: text(of: key, level: 0)
    }
  }

  /// The members, sorted where that is asked for; nil where keys of several kinds have no order.
  private func inOrder(
    _ members: [(key: TemplateValue, value: TemplateValue)]
  ) -> [(key: TemplateValue, value: TemplateValue)]? {
    guard sortsKeys, let first = members.first else { return members }
    guard members.count == 1 || members.allSatisfy({ first.key.precedes($0.key) != nil }) else {
      return nil
    }
    return members.sorted { $0.key.precedes($1.key) == true }
  }

  private func lines(_ parts: [String], _ open: String, _ close: String, _ level: Int) -> String {
    guard let indent, !parts.isEmpty else {
      return open + parts.joined(separator: comma) + close
    }
    let line = "\n" + String(repeating: " ", count: indent * (level + 1))
    return open + line + parts.joined(separator: comma + line) + "\n"
      + String(repeating: " ", count: indent * level) + close
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      default:
        if scalar.value < 0x20 || isASCII && scalar.value > 0x7E {
          for unit in String(scalar).utf16 { result += Self.escape(unit) }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
