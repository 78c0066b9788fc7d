import CleaveStorage
import CleaveText

/// Writes a character-level (SentencePiece-style) vocabulary as `tokenizer.ggml.model` = `llama`:
/// the reverse of `GGUFSentencePieceReader`. llama.cpp merges by piece score, so the order of the merges is
/// written as scores.
struct GGUFSentencePieceExport {
  private let node: JSONNode
  private let tokenizer: Tokenizer
  private let count: Int

  init(_ node: JSONNode, _ tokenizer: Tokenizer, count: Int) {
    self.node = node
    self.tokenizer = tokenizer
    self.count = count
  }

  func fields(_ notes: inout [String]) throws -> [(key: String, value: GGUFWriter.Value)] {
    guard tokenizer.isCompilable else {
      throw InputError(
        file: node.file, location: "model.type", found: "\"Unigram\"",
        expected: "BPE: GGUF's Unigram is written by llama.cpp's own converter only")
    }
    let addsSpace = try addsSpace(&notes)
    if addsSpace, let token = tokenWithoutSpaceAfter() {
      notes.append(
        "llama.cpp puts a space before the text after a special token such as \(token), where this "
          + "tokenizer puts none: the ids of chats differ")
    }
    let scores = try scores()
    noteUnmerged(scores, &notes)
    return [
      ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.pre", .string("default")),
      ("tokenizer.ggml.scores", .float32s(scores)),
      ("tokenizer.ggml.add_space_prefix", .bool(addsSpace)),
      ("tokenizer.ggml.remove_extra_whitespaces", .bool(false)),
    ]
  }

  private static let space = "\u{2581}"

  /// Whether the tokenizer puts a space before each text.
  ///
  /// - Throws: `InputError` if the normalizer and pre-tokenizer do something that llama.cpp cannot.
  private func addsSpace(_ notes: inout [String]) throws -> Bool {
    try checkCharacters()
    let text = "a b"
    // Tested by the effect on a text, because tokenizer.json can express the same step in several
    // ways.
    let (plain, prefixed) = ("a\(Self.space)b", "\(Self.space)a\(Self.space)b")
    let spaces = "\(Self.space)\(Self.space)a\(Self.space)\(Self.space)"
    switch (tokenizer.preTokenized(text), tokenizer.preTokenized("  a  ")) {
    case ([prefixed], [Self.space + spaces]): return true
    case ([prefixed], [spaces]):
      notes.append("llama.cpp puts a space before texts that begin with one, too")
      return true
    case ([plain], [spaces]): return false
    case (let made, _):
      throw InputError(
        file: node.file, location: "normalizer and pre_tokenizer",
        found: "\"\(text)\" made \(made)",
        expected: "[\"\(plain)\"] or [\"\(prefixed)\"], and spaces all kept, as llama.cpp does")
    }
  }

  /// What normalizers change: letters of either case, marks, compatible forms, controls.
  private static let changeable = "Aé e\u{301}\u{212B}ﬁ\t①Ａ漢\u{1}ﾊ\u{FF9E}"

  /// Refuses a normalizer that changes characters.
  private func checkCharacters() throws {
    func plain(_ text: String) -> [UInt8] { text.utf8.filter { $0 != UInt8(ascii: " ") } }
    let made = tokenizer.preTokenized(Self.changeable).joined()
    let withoutSpaces = made.unicodeScalars.filter { $0 != "\u{2581}" }
    guard plain(String(String.UnicodeScalarView(withoutSpaces))) == plain(Self.changeable) else {
      throw InputError(
        file: node.file, location: "normalizer", found: "a step that changes characters",
        expected: "spaces alone: llama.cpp leaves all other characters as they are")
    }
  }

  /// A special token after which the tokenizer puts no space before a text, as it does at the beginning;
  /// nil if it does as llama.cpp does.
  private func tokenWithoutSpaceAfter() -> String? {
    let text = "a"
    let first = tokenizer.encode(text, addSpecialTokens: false)
    return (0..<count).lazy.filter(tokenizer.isSpecial).compactMap(tokenizer.token(of:)).first {
      tokenizer.encode($0 + text, addSpecialTokens: false).dropFirst() != first[...]
    }
  }

  /// The score of a piece that no merge produces.
  private static let unmerged = -Float(1 << 24)
  /// The bytes of the longest token that is looked at in all its cuts.
  private static let longestCut = 256

  /// Notes the tokens that no merge produces but llama.cpp would build: it joins any two pieces
  /// whose concatenation is a piece.
  private func noteUnmerged(_ scores: [Float], _ notes: inout [String]) {
    var isWhole = true
    let made = (0..<count).filter { id in
      guard scores[id] == Self.unmerged, let text = tokenizer.token(of: id) else { return false }
      let scalars = text.unicodeScalars
      // Each place where a token may be cut costs its length: those longer than any word are not looked at.
      guard text.utf8.count <= Self.longestCut else {
        isWhole = false
        return false
      }
      return scalars.indices.dropFirst().contains {
        tokenizer.id(of: String(scalars[..<$0])) != nil
          && tokenizer.id(of: String(scalars[$0...])) != nil
      }
    }
    guard let first = made.first else { return }
    notes.append(
      "\(isWhole ? "" : "at least ")\(made.count) tokens that no merge produces, such as \(first), are produced by llama.cpp"
    )
  }

  /// The score of every token: the earlier the merge that produces it, the higher. Pieces that no
  /// merge produces have the lowest score.
  private func scores() throws -> [Float] {
    let merges = try node.required("model").required("merges").elements()
    guard merges.count < 1 << 24 else {
      throw InputError(
        file: node.file, location: "model.merges", found: "\(merges.count)",
        expected: "fewer than 2^24, which float32 tells apart")
    }
    var scores = [Float](repeating: Self.unmerged, count: count)
    for (rank, merge) in merges.enumerated().reversed() {
      let parts =
        if case .array = merge.value {
          try merge.elements().map { try $0.string() }
        } else {
          try merge.string().split(separator: " ").map(String.init)
        }
      if let id = tokenizer.id(of: parts.joined()) { scores[id] = -Float(rank) }
    }
    return scores
  }
}
