/// The command line as it may be written down: files by their names, for a directory says nothing to others
/// and may say too much.
enum RecordedCommand {
  static var arguments: [String] {
    CommandLine.arguments.enumerated().map { index, argument in
      index == 0 ? "cleave" : withoutDirectories(argument)
    }
  }

  /// Of a path, and of the file of `FILE:FIELD:FORMAT`, the last part.
  static func withoutDirectories(_ argument: String) -> String {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let slash = parts[0].lastIndex(of: "/") else { return argument }
    let name = parts[0][parts[0].index(after: slash)...]
    let kept = name.isEmpty ? parts[0] : name
    return ([kept] + parts.dropFirst()).joined(separator: ":")
  }
}

extension String {
  var withoutTrailingSlashes: String {
    var text = Substring(self)
    while text.count > 1, text.hasSuffix("/") { text = text.dropLast() }
    return String(text)
  }
}
