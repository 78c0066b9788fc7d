/// HTML or SVG that is safe to insert into the page. Interpolated text is escaped and only other
/// markup is inserted unchanged, so that nothing from a file can become an element.
struct Markup: ExpressibleByStringInterpolation, Equatable {
  let html: String

  init(stringLiteral value: String) { html = value }
  init(stringInterpolation: Interpolation) { html = stringInterpolation.html }
  private init(html: String) { self.html = html }

  static let empty: Markup = ""

  static func + (left: Markup, right: Markup) -> Markup { Markup(html: left.html + right.html) }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { html += literal }
    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
    mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }
    mutating func appendInterpolation(_ number: Int) { html += "\(number)" }
    /// Appends a coordinate, rounded to hundredths.
    mutating func appendInterpolation(at position: Double) { html += position.coordinate }
  }
}

extension Sequence<Markup> {
  func joined(_ separator: String = "\n") -> Markup {
    Markup(stringLiteral: map(\.html).joined(separator: separator))
  }
}

extension Markup {
  /// Escapes a text for elements and quoted attributes. Control characters, which HTML forbids,
  /// become their pictures (U+2400), and characters that change the text direction become U+FFFD,
  /// because they would affect the text after them. Line ends and tabs are kept.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: escaped += "&amp;"
      case 0x3C: escaped += "&lt;"
      case 0x3E: escaped += "&gt;"
      case 0x22: escaped += "&quot;"
      case 0x27: escaped += "&#39;"
      case 0x09, 0x0A: escaped.unicodeScalars.append(scalar)
      case 0..<0x20:
        escaped.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: escaped.unicodeScalars.append("\u{2421}")
      case 0x80...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF:
        escaped.unicodeScalars.append("\u{FFFD}")
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
