import CleaveStorage
import CleaveText

/// A text as tokens, cut into windows of equal length without overlap.
///
/// The text is tokenized whole. Where the tokenizer puts tokens before a text, the first tokens of
/// every window are replaced by them, as llama.cpp's perplexity does; tokens after a text are left
/// out, for a window ends in the middle of one. What is left at the end is not read.
package struct EvaluationText: Sendable {
  /// The largest file: tokens take several times its bytes.
  static let largestFile = 1 << 28

  /// Of the file.
  package let digest: FileDigest
  /// The tokens of the whole text, those put before it among them.
  package let tokens: [Int]
  package let windowLength: Int
  /// The first so many are read.
  package let windowCount: Int
  private let before: [Int]

  /// - Parameters:
  ///   - path: a file of UTF-8.
  ///   - windows: how many to read, from the first on; nil for all.
  /// - Throws: `InputError` for a file that is not text, or holds fewer windows than asked for.
  package init(path: String, tokenizer: Tokenizer, windowLength: Int, windows: Int? = nil) throws {
    let bytes = try FileSystem.read(path, limit: Self.largestFile)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputError(file: path, found: "bytes that are not UTF-8", expected: "UTF-8 text")
    }
    let before = tokenizer.tokensAroundText.before
    let shortest = max(EvaluationWindow.shortest, 2 * before.count)
    guard windowLength >= shortest else {
      throw InputError(
        file: "window length", found: "\(windowLength)", expected: "at least \(shortest)")
    }
    let tokens = before + tokenizer.encode(text, addSpecialTokens: false)
    let available = tokens.count / windowLength
    guard available >= 1, available >= windows ?? 1 else {
      throw InputError(
        file: path, found: "\(tokens.count) tokens, \(available) windows of \(windowLength)",
        expected: "at least \(windows ?? 1)", advice: "Give a longer text or ask for less.")
    }
    self.before = before
    self.tokens = tokens
    self.windowLength = windowLength
    digest = FileDigest(of: bytes)
    windowCount = windows ?? available
  }

  /// - Parameter index: below `windowCount`.
  package func window(_ index: Int) -> EvaluationWindow {
    precondition((0..<windowCount).contains(index), "no such window")
    let start = index * windowLength
    return EvaluationWindow(
      index: index,
      tokens: before + tokens[(start + before.count)..<(start + windowLength)])
  }
}
