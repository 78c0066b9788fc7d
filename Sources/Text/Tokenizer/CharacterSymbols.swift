/// Turns the characters of a piece into the symbols with which merging starts, for a
/// character-level vocabulary (SentencePiece's BPE): the character's own token, else the tokens of
/// its bytes, else the unknown token.
struct CharacterSymbols: Sendable, Equatable {
  var unknown: UInt32?
  /// Whether consecutive unknown characters become one token.
  var fusesUnknown: Bool
  /// Whether the tokens `<0x00>` to `<0xFF>` stand for bytes.
  var fallsBackToBytes: Bool

  /// Calls `body` with each symbol in order.
  func read(
    _ piece: UnsafeBufferPointer<UInt8>, _ tables: TokenizerTables.View, _ body: (UInt32) -> Void
  ) {
    var position = 0
    var afterUnknown = false
    while position < piece.count {
      let end = position + Self.length(piece[position], limit: piece.count - position)
      let character = UnsafeBufferPointer(rebasing: piece[position..<end])
      position = end
      if let id = tables.id(of: character) {
        body(UInt32(id))
        afterUnknown = false
        continue
      }
      if fallsBackToBytes, character.allSatisfy({ tables.id(of: $0) != nil }) {
        for byte in character { if let id = tables.id(of: byte) { body(id) } }
        afterUnknown = false
        continue
      }
      guard let unknown else { continue }
      if !(fusesUnknown && afterUnknown) { body(unknown) }
      afterUnknown = true
    }
  }

  /// The length in bytes of the character with the given lead byte. The text is valid UTF-8.
  static func length(_ lead: UInt8, limit: Int) -> Int {
    let length =
      switch lead {
      case 0xC0..<0xE0: 2
      case 0xE0..<0xF0: 3
      case 0xF0...: 4
      default: 1
      }
    return min(length, limit)
  }
}
