import CleaveStorage
import CleaveText

/// The option `--tensor REGEX=TYPE`: the type of each matrix whose name matches the pattern.
package struct TensorOverride: Equatable, Sendable {
  package let pattern: String
  package let type: TensorType
  /// Matches the beginning of a name that has the pattern anywhere.
  private let search: Pattern

  /// - Throws: `SettingError` if the text is not a pattern, "=" and a type. The last "=" separates
  ///   them.
  package init(_ text: String) throws {
    func refuse(_ found: String, _ expected: String) -> SettingError {
      SettingError(.tensorOverride, value: text, found: found, expected: expected)
    }
    guard let equals = text.lastIndex(of: "=") else {
      throw refuse("no \"=\"", "REGEX=TYPE, as in attention.value=Q8_0")
    }
    pattern = String(text[..<equals])
    let name = String(text[text.index(after: equals)...])
    guard !pattern.isEmpty else { throw refuse("no pattern", "REGEX=TYPE") }
    guard let type = TensorType(named: name) else {
      throw refuse("\"\(name)\"", "one of \(TensorType.writtenNames)")
    }
    guard type.isWritten else {
      throw refuse(
        "\(type.rawValue), which is read and never written", "one of \(TensorType.writtenNames)")
    }
    self.type = type
    do { search = try Self.search(pattern) } catch {
      throw refuse("at column \(error.column) \(error.found)", error.expected)
    }
  }

  /// What finds a pattern anywhere. The pattern is read alone first, so that columns are its own, and that a
  /// parenthesis in it does not close what stands around it.
  private static func search(_ pattern: String) throws(PatternFault) -> Pattern {
    _ = try Pattern(pattern)
    return try Pattern("(?m:.*?)(?:\(pattern))")
  }

  /// The override as written on the command line.
  package var text: String { "\(pattern)=\(type.rawValue)" }

  /// Whether the pattern is found in a tensor's name.
  func matches(_ name: String) -> Bool { search.matchesBeginning(of: name) }
}
