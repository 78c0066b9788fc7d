import CleaveRuntime
import Glibc

/// Prints text as it comes.
final class TokenPrinter {
  private let color: Bool
  private let exits: [Int]
  private let silent: Bool

  init(color: Bool, exits: [Int], silent: Bool) {
    self.color = color
    self.exits = exits
    self.silent = silent
    if color, !silent, !exits.isEmpty {
      let legend = (exits.map { Answer.Source.exit(depth: $0) } + [.cloud])
        .map { "\($0.colour(exits: exits))\($0.label)\u{1B}[0m" }
      printError(legend.joined(separator: "  "))
    }
  }

  func show(_ text: String, from source: Answer.Source) {
    guard !silent, !text.isEmpty else { return }
    Terminal.write(
      color ? "\(source.colour(exits: exits))\(text)\u{1B}[0m" : text, to: STDOUT_FILENO)
  }
}
