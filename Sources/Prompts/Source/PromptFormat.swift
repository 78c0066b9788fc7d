import CleaveStorage

/// The text around a prompt's text: a line with one hole for it, as in `Summarize: {document}`.
package struct PromptFormat: Equatable, Sendable {
  package let before: String
  package let after: String

  /// The format that leaves the text as it is.
  package static let plain = PromptFormat(before: "", after: "")

  private init(before: String, after: String) {
    self.before = before
    self.after = after
  }

  /// - Parameters:
  ///   - text: `\n` stands for a line end, `\t` for a tab and `\\` for a backslash.
  ///   - field: the name that stands in braces where the text goes, once.
  /// - Throws: `InputError` that quotes the text.
  package init(parsing text: String, field: String) throws {
    let bytes = try Self.unescaped(text)
    let holes = Self.holes(in: bytes, field)
    guard holes.count == 1 else {
      throw Self.refuse(
        text, "{\(field)} \(holes.count) times", expected: "{\(field)} once, where the text goes")
    }
    self.init(bytes, hole: holes[0])
  }

  /// The format of a text without escapes; nil unless `{field}` stands in it once.
  package init?(text: String, field: String) {
    let bytes = Array(text.utf8)
    let holes = Self.holes(in: bytes, field)
    guard holes.count == 1 else { return nil }
    self.init(bytes, hole: holes[0])
  }

  private init(_ bytes: [UInt8], hole: Range<Int>) {
    before = String(decoding: bytes[..<hole.lowerBound], as: UTF8.self)
    after = String(decoding: bytes[hole.upperBound...], as: UTF8.self)
  }

  private static func holes(in bytes: [UInt8], _ field: String) -> [Range<Int>] {
    let hole = Array("{\(field)}".utf8)
    return bytes.indices.filter { bytes[$0...].starts(with: hole) }.map { $0..<$0 + hole.count }
  }

  package func callAsFunction(_ text: String) -> String { before + text + after }

  private static func unescaped(_ text: String) throws -> [UInt8] {
    var result: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
      default: throw refuse(text, "another backslash", expected: "\\n, \\t or \\\\")
      }
    }
    return result
  }

  private static func refuse(_ text: String, _ found: String, expected: String) -> InputError {
    InputError(file: "format", location: "\"\(text)\"", found: found, expected: expected)
  }
}
