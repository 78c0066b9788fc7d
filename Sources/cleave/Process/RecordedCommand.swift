import CleaveEvaluate
import CleavePrompts

/// The command line in the form that reports record: paths without their directories, which say nothing to
/// others and may say too much.
enum RecordedCommand {
  static var arguments: [String] {
    CommandLine.arguments.enumerated().map { index, argument in
      index == 0 ? "cleave" : withoutDirectories(argument)
    }
  }

  /// The argument with a path, or the file of `FILE:FIELD:FORMAT`, reduced to its last component, and
  /// `command:PROGRAM` reduced to a digest.
  static func withoutDirectories(_ argument: String) -> String {
    let option = optionName(argument)
    let value = argument.dropFirst(option.count)
    guard value.hasPrefix("command:"), let loss = PromptLoss(text: String(value)) else {
      return option + name(value)
    }
    return option + loss.recorded
  }

  /// The name of an option that is written together with its value, as in `--output=x`; empty otherwise.
  private static func optionName(_ argument: String) -> String {
    guard argument.hasPrefix("-") else { return "" }
    guard argument.hasPrefix("--") else { return String(argument.prefix(2)) }
    return argument.firstIndex(of: "=").map { String(argument[...$0]) } ?? ""
  }

  private static func name(_ value: Substring) -> String {
    let parts = SourcePath.split(String(value))
    let path = parts?.path ?? String(value)
    guard path.contains("/") else { return String(value) }
    // A directory may be given with a slash behind it.
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return parts.map { "\(name):\($0.rest)" } ?? name
  }
}

extension String {
  var withoutTrailingSlashes: String {
    var text = Substring(self)
    while text.count > 1, text.hasSuffix("/") { text = text.dropLast() }
    return String(text)
  }
}
