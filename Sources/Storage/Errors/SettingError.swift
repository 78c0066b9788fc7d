/// A setting with which an operation cannot run: which one, what was found and what was expected.
///
/// Modules throw it without knowing how a person gave the setting. Whoever took it from a person
/// names that instead, as a command names its option.
package struct SettingError: ExitStatusError, Equatable {
  /// The name of a setting. Each module that checks one declares it in an extension.
  package struct Setting: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
  }

  package let setting: Setting
  /// The value that was given, where it says more than `found`. Empty otherwise.
  package let value: String
  package let found: String
  package let expected: String
  /// Advice to the person, where `expected` does not say what to do.
  package let advice: String?

  package init(
    _ setting: Setting, value: String = "", found: String, expected: String, advice: String? = nil
  ) {
    self.setting = setting
    self.value = value
    self.found = found
    self.expected = expected
    self.advice = advice
  }

  package var exitStatus: ExitStatus { .badInput }
  package var description: String { description(naming: setting.description) }

  /// - Parameter name: the setting as the person who gave it knows it.
  package func description(naming name: String) -> String {
    let given = value.isEmpty ? name : "\(name) \(value)"
    let text = "\(given): found \(found); expected \(expected)" + (advice.map { ". \($0)" } ?? "")
    // A value may hold anything, escape sequences included.
    return text.shown(limit: Self.longest)
  }

  private static let longest = 8000
}
