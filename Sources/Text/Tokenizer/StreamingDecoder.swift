/// Decodes ids one at a time, as they are generated. A character whose bytes come in several
/// tokens is held back until it is complete (in a vocabulary of characters, until a token comes that is
/// no byte), so that the outputs joined are what
/// `Tokenizer.decode` gives for all ids at once.
package struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipSpecialTokens: Bool
  /// The start of a character: at most three bytes between calls.
  private var pending: [UInt8] = []
  /// Of a vocabulary of characters; nil for one of bytes.
  private var pieces: PieceDecoder.State?

  package init(tokenizer: Tokenizer, skipSpecialTokens: Bool = false) {
    self.tokenizer = tokenizer
    self.skipSpecialTokens = skipSpecialTokens
    pieces = tokenizer.pieceDecoder.map(PieceDecoder.State.init)
  }

  /// The text that is certain now that `id` has come; often empty.
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

  /// What is left: the start of a character that never came to its end, as U+FFFD.
  package mutating func finish() -> String {
    if pieces != nil { return pieces!.finish() }
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end are the start of a character that more bytes could complete.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let tail = bytes.suffix(length)
      if tail.first! & 0xC0 == 0x80 { continue }  // In the middle: look for its start.
      return isStart(tail) ? length : 0
    }
    return 0
  }

  /// Whether `bytes`, a lead byte and continuations, are a proper prefix of valid UTF-8. The
  /// second byte decides with the first: what can never be completed is replaced at once.
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
