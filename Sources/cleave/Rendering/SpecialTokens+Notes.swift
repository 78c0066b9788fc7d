import CleaveModel

extension SpecialTokens {
  /// Notes for the person who imports the model, on tokens that later commands will miss.
  var notes: [String] {
    var notes: [String] = []
    if endOfText.isEmpty {
      notes.append("the checkpoint names no token that ends a text; runs go on to --max-tokens")
    }
    return notes
  }
}
