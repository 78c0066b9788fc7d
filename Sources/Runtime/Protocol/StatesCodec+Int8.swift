/// The int8 packing of one position: its few largest numbers as float32, a float32 scale, then a code for each
/// number.
extension StatesCodec {
  var int8Bytes: Int { 6 * Outliers.count(width: hiddenSize) + 4 + hiddenSize }

  /// Appends the bytes of a row. The scale is the largest magnitude of the rest / 127; it is not a number for a row
  /// that is not finite, which no decoder takes.
  ///
  /// - Parameter row: `[hiddenSize]`.
  func packInt8(_ row: UnsafeBufferPointer<Float>, into bytes: inout [UInt8]) {
    var rest = Array(row)
    for index in Outliers.indices(in: row) {
      Self.append(UInt16(index), to: &bytes)
      Self.append(row[index].bitPattern, to: &bytes)
      rest[index] = 0
    }
    let isFinite = row.allSatisfy(\.isFinite)
    let scale = isFinite ? rest.reduce(0) { max($0, $1.magnitude) } / 127 : .nan
    Self.append(scale.bitPattern, to: &bytes)
    guard scale > 0 else {
      bytes.append(contentsOf: repeatElement(0, count: row.count))
      return
    }
    for value in rest {
      let code = max(-127, min(127, (value / scale).rounded(.toNearestOrEven)))
      bytes.append(UInt8(bitPattern: Int8(code)))
    }
  }

  /// Unpacks one position.
  ///
  /// - Throws: `MessageError` for a scale, code or index that is out of range.
  func unpackInt8(
    _ raw: UnsafeRawBufferPointer, into row: UnsafeMutableBufferPointer<Float>
  ) throws(MessageError) {
    let apart = Outliers.count(width: hiddenSize)
    let scale = Self.float(raw, 6 * apart)
    guard scale.isFinite, scale.sign == .plus else {
      throw MessageError("the scale \(scale) of a state; expected a number from 0 on")
    }
    for index in row.indices {
      let code = Int8(bitPattern: raw[6 * apart + 4 + index])
      guard code != -128 else {
        throw MessageError("the code -128 of a state; expected -127 to 127")
      }
      row[index] = Float(code) * scale
    }
    var next = 0
    for slot in 0..<apart {
      let index = Int(raw[6 * slot]) | Int(raw[6 * slot + 1]) << 8
      try Outliers.check(index, from: next, width: hiddenSize)
      next = index + 1
      row[index] = Self.float(raw, 6 * slot + 2)
    }
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func float(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> Float {
    let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return Float(bitPattern: UInt32(littleEndian: bits))
  }
}
