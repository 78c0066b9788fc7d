import CleaveStorage

/// A type for every matrix in whose name a pattern is found, written REGEX=TYPE.
package struct TensorOverride: Equatable, Sendable {
  package let pattern: String
  package let type: TensorType

  /// - Throws: `SettingError` for a text that is not a pattern, "=" and a type. The last "=" counts.
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
      throw refuse(
        "\"\(name)\"", "one of \(TensorType.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.type = type
    _ = try regex()
  }

  package var text: String { "\(pattern)=\(type.rawValue)" }

  /// Not kept: a regex cannot be shared between threads.
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
