/// Decodes ids one at a time as they are generated. A character whose bytes come in several tokens
/// is held back until it is complete, and in a character-level vocabulary until a token comes that
/// is not a byte. The outputs joined equal `Tokenizer.decode` of all ids.
package struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipSpecialTokens: Bool
  /// The bytes of an incomplete character, at most three between calls.
  private var pending: [UInt8] = []
  /// The decoder of a character-level vocabulary; nil for a byte-level one.
  private var pieces: PieceDecoder.State?

  package init(tokenizer: Tokenizer, skipSpecialTokens: Bool = false) {
    self.tokenizer = tokenizer
    self.skipSpecialTokens = skipSpecialTokens
    pieces = tokenizer.pieceDecoder.map(PieceDecoder.State.init)
  }

  /// The text that becomes certain with `id`; often empty.
  package mutating func append(_ id: Int) -> String {
    if pieces != nil {
      if skipSpecialTokens, tokenizer.isSpecial(id) { return "" }
      let token = tokenizer.addedTokens.normalizedContents[id] ?? tokenizer.tables[id]
      return token.map { pieces!.append($0) } ?? ""
    }
    pending += tokenizer.bytes(of: id, skipSpecialTokens: skipSpecialTokens)
    let complete = pending.count - Self.unfinished(pending)
    defer { pending.removeFirst(complete) }
    return String(decoding: pending[..<complete], as: UTF8.self)
  }

  /// The rest of the text. A character that was never completed becomes U+FFFD.
  package mutating func finish() -> String {
    if pieces != nil { return pieces!.finish() }
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// The number of bytes at the end that are the start of a character that more bytes could
  /// complete.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let tail = bytes.suffix(length)
      if tail.first! & 0xC0 == 0x80 { continue }  // In the middle: look for its start.
      return isStart(tail) ? length : 0
    }
    return 0
  }

  /// Whether `bytes`, a lead byte and continuation bytes, are a proper prefix of valid UTF-8. The
  /// first two bytes decide: what can never be completed is replaced at once.
  private static func isStart(_ bytes: ArraySlice<UInt8>) -> Bool {
    let lead = bytes.first!
    let length: Int
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return false
    }
    guard bytes.count < length, let second = bytes.dropFirst().first else {
      return bytes.count < length
    }
    switch lead {
    case 0xE0: return second >= 0xA0  // below: too long a form
    case 0xED: return second < 0xA0  // above: surrogates
    case 0xF0: return second >= 0x90
    case 0xF4: return second < 0x90  // above: beyond U+10FFFF
    default: return true
    }
  }
}
