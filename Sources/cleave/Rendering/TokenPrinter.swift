import CleaveRuntime

/// Prints generated text as it comes, coloured by what answered each token if that is asked for.
struct TokenPrinter {
  private let color: Bool
  private let exits: [Int]
  private let silent: Bool

  /// - Parameter hasCloud: whether the cloud can answer, for the legend of the colours.
  init(color: Bool, exits: [Int], hasCloud: Bool, silent: Bool) {
    self.color = color
    self.exits = exits
    self.silent = silent
    if color, !silent, !exits.isEmpty {
      let sources = exits.map { Answer.Source.exit(depth: $0) } + (hasCloud ? [.cloud] : [])
      printError(
        sources.map { "\($0.colour(exits: exits))\($0.label)\u{1B}[0m" }
          .joined(separator: "  "))
    }
  }

  func show(_ text: String, from source: Answer.Source) throws {
    guard !silent, !text.isEmpty else { return }
    try Terminal.write(color ? "\(source.colour(exits: exits))\(text)\u{1B}[0m" : text)
  }
}
