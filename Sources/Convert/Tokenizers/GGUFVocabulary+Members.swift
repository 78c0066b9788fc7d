import CleaveStorage

extension GGUFVocabulary {
  enum TokenType: Int {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  func kind() throws -> GGUFPreTokenizer {
    guard model == "gpt2" else {
      throw refuse(
        "model", "\"\(model.prefix(80))\"",
        expected: "\"gpt2\" (byte-level BPE), \"llama\" or \"t5\" (SentencePiece's BPE and Unigram)"
      )
    }
    guard let pre, let kind = GGUFPreTokenizer(pre) else {
      if let pre, let reason = GGUFPreTokenizer.refused[pre] {
        throw refuse(
          "pre", "\"\(pre)\", which is not supported: \(reason)", expected: "another name")
      }
      let names = GGUFPreTokenizer.all.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw refuse(
        "pre", pre.map { "\"\($0.prefix(80))\"" } ?? "nothing", expected: "one of \(names)")
    }
    return kind
  }

  /// Checks that tokens can be member names of a JSON object, which would drop a duplicate and cut
  /// a name at a NUL.
  func checkTokens() throws {
    var seen: Set<[UInt8]> = []
    for (index, token) in tokens.enumerated() {
      guard !token.utf8.contains(0) else {
        throw refuse("tokens[\(index)]", "a NUL character", expected: "tokens without NUL")
      }
      guard seen.insert(Array(token.utf8)).inserted else {
        throw refuse(
          "tokens[\(index)]", "\"\(token.prefix(80))\" again", expected: "every token once")
      }
    }
    try checkTypes()
  }

  private func checkTypes() throws {
    guard let types else { return }
    guard types.count == tokens.count else {
      throw refuse("token_type", "\(types.count) types", expected: "\(tokens.count), one a token")
    }
    if let index = types.firstIndex(where: { !(1...5).contains($0) }) {
      throw refuse(
        "token_type[\(index)]", "\(types[index])",
        expected: "1 normal, 2 unknown, 3 control, 4 user-defined or 5 unused")
    }
  }

  func vocabulary() -> JSON {
    .object(JSONObject(tokens.enumerated().map { (name: $1, value: .integer(Int64($0))) }))
  }

  func mergePairs() throws -> [JSON] {
    try merges.enumerated().map { index, merge in
      let bytes = merge.utf8
      guard let space = bytes.firstIndex(of: UInt8(ascii: " ")),
        bytes.lastIndex(of: UInt8(ascii: " ")) == space
      else {
        throw refuse(
          "merges[\(index)]", "\"\(merge.prefix(80))\"", expected: "two tokens, one space between")
      }
      let right = bytes.index(after: space)
      return [.string(String(merge[..<space])), .string(String(merge[right...]))]
    }
  }

  /// The added tokens: control tokens are special, user-defined ones are plain text that is never
  /// split.
  func addedTokens() -> [JSON] {
    guard let types else { return [] }
    return zip(tokens, types).enumerated().compactMap { id, token in
      let type = TokenType(rawValue: token.1)
      guard type == .control || type == .userDefined, !token.0.isEmpty else { return nil }
      return [
        "id": .integer(Int64(id)), "content": .string(token.0), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false, "special": .bool(type == .control),
      ]
    }
  }

  func postProcessor(addsBOS: Bool) throws -> JSON {
    let before = addsBOS ? [try special("bos_token_id", bos)] : []
    let after = addEOS == true ? [try special("eos_token_id", eos)] : []
    guard let first = (before + after).first else { return .null }
    var explained = JSONObject()
    for token in [first] + after { explained[token.token] = token.explanation }
    func text(_ name: JSON, type: Int64) -> [JSON] {
      before.map { $0.piece(type) } + [["Sequence": ["id": name, "type_id": .integer(type)]]]
        + after.map { $0.piece(type) }
    }
    return [
      "type": "TemplateProcessing", "single": .array(text("A", type: 0)),
      "pair": .array(text("A", type: 0) + text("B", type: 1)),
      "special_tokens": .object(explained),
    ]
  }

  private func special(_ key: String, _ id: Int?) throws -> SpecialToken {
    guard let id, tokens.indices.contains(id) else {
      throw refuse(
        key, id.map { "\($0)" } ?? "nothing",
        expected:
          "an id below \(tokens.count), the number of tokens, because texts begin or end with it")
    }
    return SpecialToken(token: tokens[id], id: id)
  }

  private struct SpecialToken {
    let token: String
    let id: Int

    func piece(_ type: Int64) -> JSON {
      ["SpecialToken": ["id": .string(token), "type_id": .integer(type)]]
    }
    var explanation: JSON {
      ["id": .string(token), "ids": [.integer(Int64(id))], "tokens": [.string(token)]]
    }
  }

  private func refuse(_ key: String, _ found: String, expected: String) -> InputError {
    InputError(file: file, location: "tokenizer.ggml.\(key)", found: found, expected: expected)
  }
}
