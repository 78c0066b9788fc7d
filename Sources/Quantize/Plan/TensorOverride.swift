import CleaveStorage

/// The option `--tensor REGEX=TYPE`: the type of each matrix whose name matches the pattern.
package struct TensorOverride: Equatable, Sendable {
  package let pattern: String
  package let type: TensorType

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
    _ = try regex()
  }

  /// The override as written on the command line.
  package var text: String { "\(pattern)=\(type.rawValue)" }

  /// The compiled pattern. It is compiled on each call because a regex cannot be shared between
  /// threads.
  func regex() throws -> Regex<AnyRegexOutput> {
    do {
      return try Regex(pattern)
    } catch {
      throw SettingError(
        .tensorOverride, value: text, found: "\(error)",
        expected: "a regular expression in Swift's syntax")
    }
  }
}
