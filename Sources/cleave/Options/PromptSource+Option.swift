import CleavePrompts

extension PromptSource {
  /// The sources that an option gives; what is wrong with one names the option.
  static func list(_ texts: [String], of option: String) throws -> [PromptSource] {
    try UsageError.naming(option) { try texts.map { try PromptSource(parsing: $0) } }
  }
}
