/// A pre-tokenizer's regular expression as hand-written code that splits text into its matches. For
/// each of these expressions, matches cover the whole text.
enum TextScanner: Sendable, Equatable {
  case gpt2
  /// The expression of Llama 3, with the longest run of digits in one match; Qwen 2's takes one.
  case llama3(digits: Int)

  /// The supported expressions by their exact text.
  static let known: [(regex: String, scanner: TextScanner)] = [
    (
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2
    ),
    (
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
        + #"\s*[\r\n]+|\s+(?!\S)|\s+"#, .llama3(digits: 3)
    ),
    (
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
        + #"\s*[\r\n]+|\s+(?!\S)|\s+"#, .llama3(digits: 1)
    ),
  ]

  /// The end of the match that starts at `start`, which must be inside `text`.
  func matchEnd(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    switch self {
    case .gpt2: Self.gpt2End(in: text, from: start)
    case .llama3(let digits): Self.llama3End(in: text, from: start, digits: digits)
    }
  }
}

// MARK: - GPT-2

extension TextScanner {
  /// The end of a match of `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
  /// ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
  private static func gpt2End(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    if let end = contractionEnd(in: text, from: start, anyCase: false) { return end }
    var (kind, end) = ScalarClass.read(text, at: start)
    if text[start] == UInt8(ascii: " "), end < text.count {
      let next = ScalarClass.read(text, at: end)
      if !next.kind.isSpace { (kind, end) = next }
    }
    guard kind.isSpace else { return runEnd(in: text, from: end, of: kind) }
    return spaceEnd(in: text, from: start).end
  }
}

// MARK: - Llama 3

extension TextScanner {
  /// The end of a match of `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|` `
  /// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
  private static func llama3End(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, digits: Int
  ) -> Int {
    if let end = contractionEnd(in: text, from: start, anyCase: true) { return end }
    let (kind, end) = ScalarClass.read(text, at: start)
    switch kind {
    case .letter: return runEnd(in: text, from: end, of: .letter)
    case .number: return runEnd(in: text, from: end, of: .number, atMost: digits - 1)
    case .other, .space:
      let next = end < text.count ? ScalarClass.read(text, at: end) : nil
      if let next, next.kind == .letter { return runEnd(in: text, from: next.end, of: .letter) }
      if kind == .other { return symbolsEnd(in: text, from: end) }
      if text[start] == UInt8(ascii: " "), let next, next.kind == .other {
        return symbolsEnd(in: text, from: next.end)
      }
    case .newline: break
    }
    let space = spaceEnd(in: text, from: start)
    return space.afterNewline ?? space.end
  }

  /// The end of a match of `[^\s\p{L}\p{N}]+[\r\n]*` of which the first symbol ends at `start`.
  private static func symbolsEnd(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    runEnd(in: text, from: runEnd(in: text, from: start, of: .other), of: .newline)
  }
}

// MARK: - Shared parts

extension TextScanner {
  /// The end of a match of `'s|'t|'re|'ve|'m|'ll|'d`. With `anyCase` it is `(?i:…)`, where U+017F,
  /// the long s, also counts as an s.
  private static func contractionEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, anyCase: Bool
  ) -> Int? {
    guard text[start] == UInt8(ascii: "'"), start + 1 < text.count else { return nil }
    func letter(_ offset: Int) -> Unicode.Scalar? {
      guard start + offset < text.count, text[start + offset] < 0x80 else { return nil }
      let byte = text[start + offset]
      let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      return Unicode.Scalar(anyCase && isUpper ? byte | 0x20 : byte)
    }
    switch letter(1) {
    case "s", "t", "m", "d": return start + 2
    case "r" where letter(2) == "e", "v" where letter(2) == "e", "l" where letter(2) == "l":
      return start + 3
    case nil where anyCase && ScalarReader.scalar(in: text, at: start + 1).scalar == "\u{17F}":
      return start + 3
    default: return nil
    }
  }

  private static func runEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, of kind: ScalarClass,
    atMost limit: Int = .max
  ) -> Int {
    var position = start
    var taken = 0
    while position < text.count, taken < limit {
      let next = ScalarClass.read(text, at: position)
      guard next.kind == kind else { break }
      position = next.end
      taken += 1
    }
    return position
  }

  /// The end of a match of `\s+(?!\S)|\s+` in white space at `start`: all of it at the end of the
  /// text, else all but the last character, which belongs to the next word, unless it is the only
  /// one. Also returns where `\s*[\r\n]+` would end, if there is a newline.
  private static func spaceEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (end: Int, afterNewline: Int?) {
    var position = start
    var last = start
    var afterNewline: Int?
    while position < text.count {
      let next = ScalarClass.read(text, at: position)
      guard next.kind.isSpace else { break }
      last = position
      position = next.end
      if next.kind == .newline { afterNewline = position }
    }
    let isWhole = position == text.count || last == start
    return (isWhole ? position : last, afterNewline)
  }
}
