import CleaveStorage
import CleaveText

/// A text as tokens, split into windows of equal length without overlap.
///
/// The text is tokenized as a whole. If the tokenizer puts tokens before a text, they replace the
/// first tokens of each window, as in llama.cpp's perplexity tool. Tokens after a text are left
/// out, because a window ends in the middle of the text. The remainder at the end is not read.
package struct EvaluationText: Sendable {
  /// The largest file in bytes: tokens take several times as much memory.
  static let largestFile = 1 << 28

  /// The digest of the file.
  package let digest: FileDigest
  /// The tokens of the whole text, including those put before it.
  package let tokens: [Int]
  package let windowLength: Int
  /// The number of windows read, from the start of the text.
  package let windowCount: Int
  private let before: [Int]

  /// - Parameters: - path: a UTF-8 text file, or `-` for standard input. - windows: the number of windows to read, from the
  ///   start; nil for all.
  /// - Throws: `InputError` if the file is not text or has fewer windows, `SettingError` if windows are too short.
  package init(path: String, tokenizer: Tokenizer, windowLength: Int, windows: Int? = nil) throws {
    let file = try TextInput.open(path)
    let text = try TextInput.text(of: file, limit: Self.largestFile)
    let before = tokenizer.tokensAroundText.before
    let shortest = max(EvaluationWindow.shortest, 2 * before.count)
    guard windowLength >= shortest else {
      throw SettingError(
        .windowLength, found: "\(windowLength)", expected: "at least \(shortest)")
    }
    let tokens = before + tokenizer.encode(text, addSpecialTokens: false)
    let available = tokens.count / windowLength
    guard available >= 1, available >= windows ?? 1 else {
      throw InputError(
        file: path, found: "\(tokens.count) tokens, \(available) windows of \(windowLength)",
        expected: "at least \(windows ?? 1)",
        advice: "Give a longer text or ask for fewer windows.")
    }
    self.before = before
    self.tokens = tokens
    self.windowLength = windowLength
    digest = file.withBytes(0..<file.count) { FileDigest(of: Array($0)) }
    windowCount = windows ?? available
  }

  /// - Parameter index: the index of a window, below `windowCount`.
  package func window(_ index: Int) -> EvaluationWindow {
    precondition((0..<windowCount).contains(index), "no such window")
    let start = index * windowLength
    return EvaluationWindow(
      index: index,
      tokens: before + tokens[(start + before.count)..<(start + windowLength)])
  }
}

extension SettingError.Setting {
  /// The number of tokens in a window.
  package static let windowLength = Self("window length")
}
