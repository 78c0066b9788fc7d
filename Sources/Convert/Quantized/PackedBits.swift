/// Codes of 2 to 8 bits packed densely, the lowest bits first, as one stream of little-endian bytes
/// or words.
enum PackedBits {
  /// The 32-bit words that hold `count` codes; nil on overflow.
  static func words(_ count: Int, bits: Int) -> Int? {
    let (all, overflow) = count.multipliedReportingOverflow(by: bits)
    return overflow ? nil : all / 32 + (all % 32 == 0 ? 0 : 1)
  }

  /// Appends the codes that a row of bytes begins with.
  static func append(
    _ count: Int, bits: Int, of bytes: UnsafeRawBufferPointer, minus offset: Int,
    to codes: inout [Int16]
  ) {
    let mask = 1 << bits - 1
    for index in 0..<count {
      let (byte, shift) = (index * bits / 8, index * bits % 8)
      var value = Int(bytes[byte]) >> shift
      if shift + bits > 8 { value |= Int(bytes[byte + 1]) << (8 - shift) }
      codes.append(Int16(truncatingIfNeeded: value & mask - offset))
    }
  }

  /// The code at an index of a stream of words.
  static func code(_ index: Int, bits: Int, of words: [UInt32]) -> Int {
    let (word, shift) = (index * bits / 32, index * bits % 32)
    var value = words[word] >> UInt32(shift)
    if shift + bits > 32 { value |= words[word + 1] << UInt32(32 - shift) }
    return Int(value) & (1 << bits - 1)
  }
}
