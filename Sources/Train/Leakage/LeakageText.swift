import CleaveEvaluate
import CleaveModel
import CleaveStorage
import CleaveText

/// A text of a leakage study in windows.
struct LeakageText {
  let path: String
  private let text: EvaluationText
  /// The number of a window's first positions that are left out: those of tokens that every text begins with, and at
  /// least one, because the state of the first position says only that it is the first.
  let skipped: Int

  init(_ path: String, _ tokenizer: Tokenizer, length: Int, windows: Int?) throws {
    self.path = path
    text = try EvaluationText(
      path: path, tokenizer: tokenizer, windowLength: length, windows: windows)
    skipped = max(1, tokenizer.tokensAroundText.before.count)
  }

  /// The number of windows.
  var count: Int { text.windowCount }
  /// The number of positions that are not left out.
  var positions: Int { count * (text.windowLength - skipped) }

  func tokens(_ window: Int) -> [Int] { text.window(window).tokens }

  var input: ProvenanceStep.Input { .init(name: FileSystem.name(of: path), digest: text.digest) }

  /// - Throws: `InputError` if a window of the other text stands here too: an attack must not be judged on what it
  ///   was trained on.
  func requireDisjoint(_ other: LeakageText) throws {
    let theirs = Set((0..<other.count).map(other.tokens))
    for window in 0..<count where theirs.contains(tokens(window)) {
      throw InputError(
        file: path, location: "window \(window)", found: "tokens that \(other.path) has too",
        expected: "a text that the attack is not trained on")
    }
  }
}
