import CleaveModel
import CleaveStorage

/// The tokens that exits with the model's exit vocabulary answer with, and the unembedding's rows of them.
struct ExitVocabulary: Sendable {
  /// Token ids, rising.
  let tokens: [UInt32]
  let unembedding: Unembedding
  /// The rows of all tokens, where those of the text can be answered too; else nil.
  let whole: Matrix?

  /// - Throws: `InputError` when its files are damaged.
  init?(_ artifact: Artifact) throws {
    guard let (tokens, rows, bias) = try artifact.exitVocabulary() else { return nil }
    self.tokens = tokens
    unembedding = Unembedding(
      Matrix(rows), bias: bias?.floats(), artifact.manifest.configuration, tokens: tokens)
    whole =
      artifact.manifest.exitVocabulary?.includesText == true
      ? Matrix(try artifact.unembedding()) : nil
  }

  func contains(_ token: Int) -> Bool {
    var (low, high) = (0, tokens.count)
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle] < token { low = middle + 1 } else { high = middle }
    }
    return low < tokens.count && tokens[low] == token
  }
}
