extension Int4Row {
  /// Unpacks one position.
  ///
  /// - Parameters:
  ///   - raw: `byteCount` bytes.
  ///   - row: `[width]`, which may hold infinities: the codec checks all numbers.
  /// - Throws: `MessageError` for a scale, code or index that is out of range.
  func unpack(
    _ raw: UnsafeRawBufferPointer, into row: UnsafeMutableBufferPointer<Float>
  ) throws(MessageError) {
    try unpackRotated(raw, into: row)
    rotation.rotateBack(row)
    var next = 0
    for slot in 0..<outliers {
      let index = Int(load(raw, 4 * slot))
      try Outliers.check(index, from: next, width: width)
      next = index + 1
      row[index] = BFloat16.value(load(raw, 4 * slot + 2))
    }
  }

  private func unpackRotated(
    _ raw: UnsafeRawBufferPointer, into row: UnsafeMutableBufferPointer<Float>
  ) throws(MessageError) {
    let largest = BFloat16.value(load(raw, 4 * outliers))
    guard largest.isFinite, largest.sign == .plus else {
      throw MessageError("the scale \(largest) of a state; expected a number from 0 on")
    }
    let unit = largest / 127
    for group in 0..<groups {
      let scale = Int8(bitPattern: raw[scalesOffset + group])
      guard scale != -128 else { throw MessageError("the scale -128; expected -127 to 127") }
      let step = Float(scale) * unit
      for index in (Self.group * group)..<min(width, Self.group * (group + 1)) {
        let nibble = raw[codesOffset + index / 2] >> (4 * UInt8(index & 1)) & 15
        row[index] = Float(Int8(bitPattern: nibble << 4) >> 4) * step
      }
    }
    guard width.isMultiple(of: 2) || raw[byteCount - 1] >> 4 == 0 else {
      throw MessageError("a code after the last number of a state; expected 0")
    }
  }

  private func load(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
    UInt16(raw[offset]) | UInt16(raw[offset + 1]) << 8
  }
}
