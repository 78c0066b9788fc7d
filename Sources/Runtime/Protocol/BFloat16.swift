/// The bfloat16 format: the upper half of a float32, with its range and 8 bits of precision.
enum BFloat16 {
  /// Rounds to the nearest bfloat16, ties to even; a finite number never becomes infinite.
  ///
  /// - Parameter value: a finite number.
  static func bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let rounded = UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    return rounded & 0x7FFF == 0x7F80 ? rounded - 1 : rounded
  }

  static func value(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
}
