import CleaveStorage

/// Reads the tokens, scores and types of a SentencePiece vocabulary: `tokenizer.ggml.model` =
/// `llama` (BPE), or `t5` (Unigram).
struct GGUFSentencePieceReader {
  private let gguf: GGUFFile

  init(_ gguf: GGUFFile) { self.gguf = gguf }

  private func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }

  private func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
    InputError(file: gguf.file.path, location: key(name), found: found, expected: expected)
  }

  func vocabulary() throws -> SentencePieceVocabulary {
    let texts = try gguf.required(gguf.strings(key("tokens")), key("tokens"))
    let scores = try gguf.required(gguf.numbers(key("scores")), key("scores"))
    let types = try gguf.required(gguf.ints(key("token_type")), key("token_type"))
    for (name, count) in [("scores", scores.count), ("token_type", types.count)]
    where count != texts.count {
      throw refuse(name, "\(count)", "\(texts.count), one for each token")
    }
    if try gguf.bool(key("remove_extra_whitespaces")) == true {
      throw refuse("remove_extra_whitespaces", "true", "false")
    }
    let pieces = try texts.indices.map { index in
      guard let kind = SentencePieceVocabulary.Kind(rawValue: types[index]) else {
        throw refuse("token_type[\(index)]", "\(types[index])", "1 to 6")
      }
      return SentencePieceVocabulary.Piece(
        text: texts[index], score: Float(scores[index]), kind: kind)
    }
    let isUnigram = try gguf.string(key("model")) == "t5"
    if isUnigram, let map = gguf[key("precompiled_charsmap")] {
      throw refuse("precompiled_charsmap", map.kind, "none: texts that are not mapped")
    }
    var vocabulary = SentencePieceVocabulary(
      file: gguf.file.path, location: key("tokens"), pieces: pieces,
      addsSpace: try gguf.bool(key("add_space_prefix")) ?? true,
      // The defaults are llama.cpp's.
      before: try around(
        "bos", gguf.bool(key("add_bos_token")) ?? !isUnigram, count: texts.count),
      after: try around("eos", gguf.bool(key("add_eos_token")) ?? isUnigram, count: texts.count))
    vocabulary.isUnigram = isUnigram
    return vocabulary
  }

  private func around(_ name: String, _ isAdded: Bool, count: Int) throws -> Int? {
    guard isAdded else { return nil }
    let id = try gguf.int(key("\(name)_token_id"))
    guard let id, id < count else {
      throw refuse(
        "\(name)_token_id", id.map { "\($0)" } ?? "nothing",
        "an id below \(count), the number of tokens, because texts begin or end with it")
    }
    return id
  }
}
