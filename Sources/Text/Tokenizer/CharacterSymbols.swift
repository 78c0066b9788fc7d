import CleaveStorage

/// How the characters of a piece become the symbols that merges begin with, in a vocabulary of characters
/// (SentencePiece's BPE): the character's own token, else the tokens of its bytes, else the unknown one.
struct CharacterSymbols: Sendable, Equatable {
  var unknown: UInt32?
  /// Unknown characters in a row are one token.
  var fusesUnknown: Bool
  /// The tokens `<0x00>` to `<0xFF>` stand for bytes.
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

  /// Bytes of the character that a lead byte begins. The text is UTF-8, as Swift's strings are.
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

extension CharacterSymbols {
  /// Reads what the `model` of a tokenizer.json says of it.
  ///
  /// - Parameter tables: have the unknown token.
  init(_ node: JSONNode, _ tables: TokenizerTables) throws {
    fusesUnknown = try node.flag("fuse_unk", default: false)
    fallsBackToBytes = try node.flag("byte_fallback", default: false)
    guard let token = try node.optional("unk_token") else { return }
    guard let id = tables.id(of: try token.string().utf8) else {
      throw token.refuse(expected: "a token of the model's vocabulary")
    }
    unknown = UInt32(id)
  }

  /// How the token of a byte is spelled.
  static func spelling(of byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
  }

  /// The byte that a token of that spelling stands for.
  static func byte(of token: some Collection<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), Array(token).last == UInt8(ascii: ">")
    else { return nil }
    return UInt8(String(decoding: token.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
  }
}
