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
    case .integer, .real: return value.representation
    case .string(let text): return quoted(text)
    case .list(let elements, _):
      var parts: [String] = []
      for element in elements {
        guard let part = text(of: element, level: level + 1) else { return nil }
        parts.append(part)
      }
      return lines(parts, "[", "]", level)
    case .dictionary(let members):
      var parts: [(key: String, value: String)] = []
      for (key, value) in members.members {
        guard let part = text(of: value, level: level + 1) else { return nil }
        parts.append((key.text, part))
      }
      if sortsKeys {
        parts.sort { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      }
      return lines(parts.map { quoted($0.key) + colon + $0.value }, "{", "}", level)
    default: return nil
    }
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
