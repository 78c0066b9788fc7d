import CleaveText

extension SpecialTokens {
  /// The chat template, with the tokens that it may name; nil if there is none.
  ///
  /// - Parameters: - file, location: name the template in errors.
  /// - Throws: `InputError` for a template that is not supported.
  package func template(
    _ tokenizer: Tokenizer, file: String = "chat template", location: String = ""
  ) throws -> ChatTemplate? {
    try chatTemplate.map {
      try ChatTemplate($0, names: names(tokenizer), file: file, location: location)
    }
  }

  /// The tokens by name; without a record of them, those that begin and end a text.
  private func names(_ tokenizer: Tokenizer) -> [String: String] {
    if let named { return named }
    var names: [String: String] = [:]
    names["bos_token"] = beginOfText.flatMap(tokenizer.token(of:))
    names["eos_token"] = endOfText.first.flatMap(tokenizer.token(of:))
    return names
  }
}
