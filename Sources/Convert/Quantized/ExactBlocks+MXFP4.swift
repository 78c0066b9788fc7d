import CleaveStorage

/// Blocks of MXFP4: a power of two and 32 floats of 4 bits.
extension ExactBlocks {
  /// Whether the 32 weights are doubled E2M1 floats times one power of two that a block can hold.
  func fitsMXFP4(_ row: Int, _ index: Int) -> Bool {
    guard let scale = uniformScale(row, index), Self.exponentBits(of: scale) != nil else {
      return false
    }
    return codes(row, index).allSatisfy { Self.nibbles[$0] != nil }
  }

  /// The bytes of a block that fits: the exponent, then nibbles as in Q4_0, the first 16 weights in
  /// the low ones.
  func mxfp4Block(_ row: Int, _ index: Int) -> [UInt8] {
    guard let scale = uniformScale(row, index), let exponent = Self.exponentBits(of: scale) else {
      preconditionFailure("MXFP4 was found to fit")
    }
    let nibbles = codes(row, index).map { code -> UInt8 in
      guard let nibble = Self.nibbles[code] else {
        preconditionFailure("MXFP4 was found to fit")
      }
      return nibble
    }
    return [exponent] + (0..<16).map { nibbles[$0] | nibbles[$0 + 16] << 4 }
  }

  /// The scale of a block whose groups have one scale and no minimum.
  private func uniformScale(_ row: Int, _ index: Int) -> Float? {
    guard rows.minimums == nil else { return nil }
    let groups = rows.groups.ofBlocks[index]
    let base = row * rows.groups.count
    let scale = rows.scales[base + groups[0]]
    return groups.allSatisfy { rows.scales[base + $0] == scale } ? scale : nil
  }

  /// e where the scale is 2^(e - 128), as a block's codes are doubled.
  private static func exponentBits(of scale: Float) -> UInt8? {
    guard scale > 0, scale.isFinite, scale.significand == 1 else { return nil }
    return UInt8(exactly: scale.exponent + 128)
  }

  /// The 4 bits of a doubled E2M1 float; of the two zeros the positive one.
  private static let nibbles = Dictionary(
    Float8.doubledE2M1.enumerated().map { ($1, UInt8($0)) }, uniquingKeysWith: { first, _ in first }
  )
}
