/// A position as int8: a float32 scale, then a code for each number.
extension StatesCodec {
  /// The scale is the largest magnitude / 127, and 0 where that is 0; not a number where a number is not finite.
  func packInt8(_ row: UnsafeBufferPointer<Float>, into bytes: inout [UInt8]) {
    let isFinite = row.allSatisfy(\.isFinite)
    let scale = isFinite ? row.reduce(0) { max($0, $1.magnitude) } / 127 : .nan
    withUnsafeBytes(of: scale.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    guard scale > 0 else {
      bytes.append(contentsOf: repeatElement(0, count: row.count))
      return
    }
    for value in row {
      let code = max(-127, min(127, (value / scale).rounded(.toNearestOrEven)))
      bytes.append(UInt8(bitPattern: Int8(code)))
    }
  }

  /// - Parameter raw: one position.
  func unpackInt8(
    _ raw: UnsafeRawBufferPointer, into row: UnsafeMutableBufferPointer<Float>
  ) throws(MessageError) {
    let scale = Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
    guard scale.isFinite, scale.sign == .plus else {
      throw MessageError("the scale \(scale) of a state; expected a number from 0 on")
    }
    for index in row.indices {
      let code = Int8(bitPattern: raw[4 + index])
      guard code != -128 else { throw MessageError("the code -128 of a state; expected -127 on") }
      row[index] = Float(code) * scale
    }
  }
}
