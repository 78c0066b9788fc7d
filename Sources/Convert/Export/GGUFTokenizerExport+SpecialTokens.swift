import CleaveStorage
import CleaveText

extension GGUFTokenizerExport {
  /// The tokens put before and after every text. GGUF has room for one on each side.
  func addedAroundTexts() throws -> (bos: Int?, eos: Int?) {
    let (before, after) = tokenizer.tokensAroundText
    guard before.count <= 1, after.count <= 1 else {
      throw InputError(
        file: node.file, location: "post_processor",
        found: "\(before.count) tokens before a text and \(after.count) after it",
        expected: "at most one on either side")
    }
    if let bos = before.first, let stated = tokens.beginOfText, bos != stated {
      throw InputError(
        file: node.file, location: "post_processor", found: "the token \(bos) before a text",
        expected: "\(stated), the manifest's begin_of_text: GGUF has room for one")
    }
    return (before.first, after.first)
  }

  /// The fields of tokens that go by other names than those that begin and end a text.
  func namedTokens(besides written: [String]) -> [(key: String, value: GGUFWriter.Value)] {
    // The spelling of the key is GGUF's.
    let keys = [
      ("unk", "unknown"), ("sep", "seperator"), ("pad", "padding"), ("cls", "cls"),
      ("mask", "mask"),
    ]
    return keys.compactMap { role, name in
      tokens.named?["\(role)_token"].flatMap(tokenizer.id(of:)).map { Self.id(name, $0) }
    }.filter { !written.contains($0.key) }
  }

  /// The fields for tokens that end a text. llama.cpp stops at its eos, eot and eom tokens and at
  /// control tokens with certain names, and an import reads it the same way. The first is the token
  /// put after texts, or the one that ends a chat turn.
  func endTokens(
    first after: Int?, types: [Int32]
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    let turnEnds = ["<|im_end|>", "<|eot_id|>", "<|end|>", "<end_of_turn>"].compactMap(
      tokenizer.id(of:))
    let all = tokens.endOfText
    guard let first = after ?? turnEnds.first(where: all.contains) ?? all.first else { return [] }
    let others = all.filter { id in
      let isNamed = tokenizer.token(of: id).map(GGUFTokenizer.endNames.contains) ?? false
      let isControl = types[id] == Int32(GGUFVocabulary.TokenType.control.rawValue)
      return id != first && !(isNamed && isControl)
    }
    guard others.count <= 2 else {
      throw InputError(
        file: node.file, location: "tokens.end_of_text", found: "\(others.count + 1) tokens",
        expected: "at most three, eos, eot and eom, beside those that go by their names")
    }
    return [Self.id("eos", first)] + zip(["eot", "eom"], others).map { Self.id($0, $1) }
  }
}
