import CleaveStorage
import CleaveText

extension GGUFTokenizerExport {
  /// The text and type of every id of the model. Ids that the tokenizer does not use get a
  /// placeholder name and the type `unused`.
  func vocabulary() throws -> (texts: [String], types: [Int32]) {
    var texts: [String] = []
    var types = [GGUFVocabulary.TokenType](repeating: .normal, count: vocabularySize)
    for id in 0..<vocabularySize {
      if let text = tokenizer.token(of: id) {
        texts.append(text)
      } else {
        texts.append(unusedName(id))
        types[id] = .unused
      }
    }
    for token in try node.optional("added_tokens")?.elements() ?? [] {
      let id = try token.required("id").int()
      guard id < vocabularySize else { continue }
      for option in ["lstrip", "rstrip", "single_word"] {
        guard let flag = try token.optional(option), try flag.bool() else { continue }
        if option == "rstrip", hasPhi3Tokens { continue }
        throw flag.refuse(expected: "false: GGUF cannot express it")
      }
      let isSpecial = try token.optional("special")?.bool() ?? false
      types[id] = isSpecial ? .control : .userDefined
    }
    if !tokenizer.isByteLevel { markPieces(texts, &types) }
    return (texts, types.map { Int32($0.rawValue) })
  }

  /// Sets the types of byte tokens and of the unknown token, which a character-level vocabulary
  /// marks.
  private func markPieces(_ texts: [String], _ types: inout [GGUFVocabulary.TokenType]) {
    for byte in UInt8.min...UInt8.max {
      if let id = tokenizer.byteToken(byte) { types[id] = .byte }
    }
    if let unknown = try? model().optional("unk_token")?.string(),
      let id = tokenizer.id(of: unknown)
    {
      types[id] = .unknown
    }
  }

  private func unusedName(_ id: Int) -> String {
    var name = "[PAD\(id)]"
    while tokenizer.id(of: name) != nil { name += "_" }
    return name
  }

  /// The merges as `"left right"`, best first.
  func merges() throws -> [String] {
    let node = try model().required("merges")
    var seen: Set<[UInt8]> = []
    return try node.elements().map { merge in
      let text: String
      if case .array = merge.value {
        let parts = try merge.elements().map { try $0.string() }
        guard parts.count == 2, !parts.contains(where: { $0.utf8.contains(0x20) }) else {
          throw merge.refuse(
            expected: "two tokens without spaces, which GGUF separates by one",
            found: "\"\(parts.joined(separator: "\" \"").prefix(80))\"")
        }
        text = parts.joined(separator: " ")
      } else {
        text = try merge.string()
      }
      guard seen.insert(Array(text.utf8)).inserted else {
        throw merge.refuse(
          expected: "every merge once: llama.cpp takes the first, the tokenizers package the last")
      }
      return text
    }
  }
}
