/// The values of 8-bit floats by their bits (OCP 8-bit Floating Point Specification, and OCP
/// Microscaling Formats for E8M0).
enum Float8 {
  /// 4 bits of exponent, 3 of mantissa, no infinities; only 0x7F and 0xFF are not numbers.
  static let e4m3: [Float] = (0..<256).map { bits in
    bits & 0x7F == 0x7F ? .nan : value(bits, exponentBits: 4, mantissaBits: 3, bias: 7)
  }

  /// The upper half of a float16.
  static let e5m2: [Float] = (0..<256).map { Float(Float16(bitPattern: UInt16($0) << 8)) }

  /// A power of two without a sign: 2^(bits - 127); 0xFF is not a number.
  static let e8m0: [Float] = (0..<256).map { bits in
    bits == 0xFF ? .nan : power(bits - 127)
  }

  /// Twice the values of E2M1, which are integers, by their 4 bits.
  static let doubledE2M1: [Int16] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

  private static func value(
    _ bits: Int, exponentBits: Int, mantissaBits: Int, bias: Int
  ) -> Float {
    let mantissa = bits & (1 << mantissaBits - 1)
    let exponent = bits >> mantissaBits & (1 << exponentBits - 1)
    let magnitude =
      exponent == 0
      ? Float(mantissa) * power(1 - bias - mantissaBits)
      : Float(1 << mantissaBits + mantissa) * power(exponent - bias - mantissaBits)
    return bits >> (exponentBits + mantissaBits) == 0 ? magnitude : -magnitude
  }

  private static func power(_ exponent: Int) -> Float {
    Float(sign: .plus, exponent: exponent, significand: 1)
  }
}
