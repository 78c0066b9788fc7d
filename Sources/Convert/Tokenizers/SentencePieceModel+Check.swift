extension SentencePieceModel {
  /// Refuses the pieces that SentencePiece itself refuses: `ModelInterface::InitializePieces` of
  /// https://github.com/google/sentencepiece/blob/master/src/model_interface.cc.
  func checkPieces() throws {
    if let empty = pieces.firstIndex(where: \.text.isEmpty) {
      throw refuse("pieces[\(empty)]", "no text", "a piece that is not empty")
    }
    let unknown = pieces.indices.filter { pieces[$0].kind == .unknown }
    guard unknown.count == 1 else {
      throw refuse("pieces", "\(unknown.count) unknown pieces", "one")
    }
    try checkBytes()
  }

  /// A model that falls back on bytes has a piece for each, and another has none.
  private func checkBytes() throws {
    var missing = hasByteFallback ? Set((0...255).map(Self.spelling)) : []
    for (index, piece) in pieces.enumerated() where piece.kind == .byte {
      guard missing.remove(piece.text) != nil else {
        throw refuse(
          "pieces[\(index)]", "\"\(piece.text.prefix(80))\", a byte piece",
          hasByteFallback
            ? "each of <0x00> to <0xFF> once" : "none, as trainer_spec.byte_fallback is false")
      }
    }
    guard missing.isEmpty else {
      throw refuse(
        "pieces", "\(256 - missing.count) byte pieces",
        "256, as trainer_spec.byte_fallback is true")
    }
  }

  private static func spelling(of byte: Int) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(byte < 16 ? "0" : "")\(digits)>"
  }
}
