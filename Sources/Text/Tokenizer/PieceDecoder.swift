/// How the tokens of a vocabulary of characters become text: `decoder` of a tokenizer.json.
struct PieceDecoder: Sendable, Equatable {
  /// In every token, one after another.
  var replacements: [Replacement] = []
  /// Tokens `<0x00>` to `<0xFF>` are bytes.
  var hasBytes = false
  /// So many of these are taken off the text's beginning.
  var strip: (character: [UInt8], most: Int)?
  /// Every one of these in the first token is taken away, elsewhere it is a space (`Metaspace`).
  var metaspace: (character: [UInt8], dropsInFirst: Bool)?

  struct Replacement: Sendable, Equatable {
    var pattern: [UInt8]
    var content: [UInt8]
  }

  static func == (left: Self, right: Self) -> Bool {
    left.replacements == right.replacements && left.hasBytes == right.hasBytes
      && left.strip?.character == right.strip?.character && left.strip?.most == right.strip?.most
      && left.metaspace?.character == right.metaspace?.character
      && left.metaspace?.dropsInFirst == right.metaspace?.dropsInFirst
  }

  /// What a token that is no byte reads as.
  func text(_ token: [UInt8], isFirst: Bool) -> [UInt8] {
    var text = token
    if let metaspace {
      let drops = isFirst && metaspace.dropsInFirst
      text = Normalizer(
        stages: [.replace(metaspace.character, with: drops ? [] : [UInt8(ascii: " ")])])(text)
    }
    let stages = replacements.map { Normalizer.Stage.replace($0.pattern, with: $0.content) }
    return stages.isEmpty ? text : Normalizer(stages: stages)(text)
  }
}

extension PieceDecoder {
  /// Tokens one after another, and the text that is certain so far.
  struct State: Sendable {
    private let decoder: PieceDecoder
    private var isFirst = true
    /// Bytes of tokens that stand for bytes: only the whole run says whether it is text.
    private var run: [UInt8] = []
    private var stripped = 0
    private var isAtStart = true

    init(_ decoder: PieceDecoder) { self.decoder = decoder }

    mutating func append(_ token: [UInt8]) -> String {
      if decoder.hasBytes, let byte = CharacterSymbols.byte(of: token) {
        run.append(byte)
        isFirst = false
        return ""
      }
      let text = takeRun() + decoder.text(token, isFirst: isFirst)
      isFirst = false
      return String(decoding: strip(text), as: UTF8.self)
    }

    mutating func finish() -> String { String(decoding: strip(takeRun()), as: UTF8.self) }

    /// A run that is no UTF-8 is as many U+FFFD as it has bytes, as in the tokenizers package.
    private mutating func takeRun() -> [UInt8] {
      defer { run = [] }
      guard !run.isEmpty else { return [] }
      if String(validating: run, as: UTF8.self) != nil { return run }
      return run.flatMap { _ in Array("\u{FFFD}".utf8) }
    }

    private mutating func strip(_ text: [UInt8]) -> [UInt8] {
      guard let strip = decoder.strip, isAtStart else { return text }
      var rest = text[...]
      while stripped < strip.most, rest.starts(with: strip.character) {
        rest = rest.dropFirst(strip.character.count)
        stripped += 1
      }
      if stripped == strip.most || !rest.isEmpty { isAtStart = false }
      return Array(rest)
    }
  }
}
