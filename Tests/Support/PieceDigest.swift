/// The digest that tools/golden/tokenizer_patterns.py makes of pieces.
package enum PieceDigest {
  /// FNV-1a over the pieces of several texts, with a byte 255 behind each piece and 254 behind each text.
  package static func of(_ texts: ArraySlice<[String]>) -> String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for pieces in texts {
      for piece in pieces {
        for byte in piece.utf8 { add(byte) }
        add(255)
      }
      add(254)
    }
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
