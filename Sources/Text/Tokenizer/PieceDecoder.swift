/// Turns tokens of a character-level vocabulary into text: `decoder` of a tokenizer.json.
struct PieceDecoder: Sendable, Equatable {
  /// The replacements in each token, applied one after another.
  var replacements: [Replacement] = []
  /// Whether tokens `<0x00>` to `<0xFF>` stand for bytes.
  var hasBytes = false
  /// The character removed from the beginning of the text, and how often at most.
  var strip: (character: [UInt8], most: Int)?
  /// The character that stands for a space (`Metaspace`), and whether it is dropped in the first
  /// token.
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

  /// The replacements as steps of a normalizer.
  var stages: [Normalizer.Stage] {
    replacements.map { Normalizer.Stage.replace($0.pattern, with: $0.content) }
  }

  /// The text of a token that is not a byte.
  func text(_ token: [UInt8], isFirst: Bool) -> [UInt8] {
    var text = token
    if let metaspace {
      let drops = isFirst && metaspace.dropsInFirst
      text = Normalizer(
        stages: [.replace(metaspace.character, with: drops ? [] : [UInt8(ascii: " ")])])(text)
    }
    let stages = stages
    return stages.isEmpty ? text : Normalizer(stages: stages)(text)
  }
}

extension PieceDecoder {
  /// The decoding of a sequence of tokens, which returns text as soon as it is certain.
  struct State: Sendable {
    private let decoder: PieceDecoder
    private var isFirst = true
    /// The bytes of consecutive byte tokens. Only the complete run shows whether it is valid UTF-8.
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

    /// Ends a run of bytes. A run that is not valid UTF-8 becomes one U+FFFD per byte, as in the
    /// tokenizers package.
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
