extension Tokenizer {
  /// The text of `ids`. Bytes that are not valid UTF-8 become U+FFFD, and ids without a token are
  /// skipped.
  package func decode(_ ids: [Int], skipSpecialTokens: Bool = false) -> String {
    guard pieceDecoder == nil else {
      var decoder = StreamingDecoder(tokenizer: self, skipSpecialTokens: skipSpecialTokens)
      return ids.map { decoder.append($0) }.joined() + decoder.finish()
    }
    var bytes: [UInt8] = []
    for id in ids { bytes += self.bytes(of: id, skipSpecialTokens: skipSpecialTokens) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes that one id of a byte-level vocabulary adds to the decoded text.
  func bytes(of id: Int, skipSpecialTokens: Bool) -> [UInt8] {
    if skipSpecialTokens, isSpecial(id) { return [] }
    if let content = addedTokens.normalizedContents[id] {
      return content.withUnsafeBufferPointer { ByteAlphabet.decode($0) } ?? content
    }
    return tables.decoded(id) ?? []
  }
}
