import CleaveModel

extension SpecialTokens {
  /// What a person should know before relying on the model's tokens: said at import, not found out in
  /// the middle of a chat.
  var notes: [String] {
    var notes: [String] = []
    if endOfText.isEmpty {
      notes.append("the checkpoint names no token that ends a text; runs go on to --max-tokens")
    }
    return notes
  }
}
