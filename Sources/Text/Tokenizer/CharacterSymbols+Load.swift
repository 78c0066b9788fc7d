import CleaveStorage

extension CharacterSymbols {
  /// Reads the settings from the `model` of a tokenizer.json.
  ///
  /// - Parameter tables: the tables that contain the unknown token.
  init(_ node: JSONNode, _ tables: TokenizerTables) throws {
    fusesUnknown = try node.flag("fuse_unk", default: false)
    fallsBackToBytes = try node.flag("byte_fallback", default: false)
    guard let token = try node.optional("unk_token") else { return }
    guard let id = tables.id(of: try token.string().utf8) else {
      throw token.refuse(expected: "a token of the model's vocabulary")
    }
    unknown = UInt32(id)
  }

  /// The spelling of a byte's token, such as `<0x0A>`.
  static func spelling(of byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
  }

  /// The byte for which a token of that spelling stands; nil for other tokens.
  static func byte(of token: some Collection<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), Array(token).last == UInt8(ascii: ">")
    else { return nil }
    return UInt8(String(decoding: token.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
  }
}
