import CleaveStorage

extension QuantizedPart {
  /// The element types that scales may have.
  static let floats: [SafetensorsDType] = [.f32, .f16, .bf16]

  /// Some elements as float32, which holds all these types exactly.
  ///
  /// - Throws: `InputError` for an infinite number or one that is not a number.
  func finite(_ elements: Range<Int>) throws -> [Float] {
    let values = numbers(elements)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw InputError(
        file: path, location: "\(name)[\(elements.lowerBound + index)]",
        found: "\(values[index])", expected: "a finite number",
        advice: "The checkpoint is damaged.")
    }
    return values
  }

  /// All elements of a small part as float32.
  func finite() throws -> [Float] { try finite(0..<count) }

  private func numbers(_ elements: Range<Int>) -> [Float] {
    withBytes { bytes in
      switch dtype {
      case .f32:
        elements.map { Float(bitPattern: Self.load(bytes, $0, as: UInt32.self)) }
      case .f16:
        elements.map { Float(Float16(bitPattern: Self.load(bytes, $0, as: UInt16.self))) }
      case .bf16:
        elements.map {
          Float(bitPattern: UInt32(Self.load(bytes, $0, as: UInt16.self)) << 16)
        }
      case .f8E4M3: elements.map { Float8.e4m3[Int(bytes[$0])] }
      case .f8E5M2: elements.map { Float8.e5m2[Int(bytes[$0])] }
      case .i8: elements.map { Float(Int8(bitPattern: bytes[$0])) }
      case .f8E8M0, .u8: elements.map { Float8.e8m0[Int(bytes[$0])] }
      default: preconditionFailure("\(name): \(dtype) was not refused")
      }
    }
  }

  private static func load<Number: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ index: Int, as type: Number.Type
  ) -> Number {
    Number(
      littleEndian: bytes.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Number>.size, as: type))
  }

  /// Some 32-bit words.
  func words(_ elements: Range<Int>) -> [UInt32] {
    withBytes { bytes in elements.map { Self.load(bytes, $0, as: UInt32.self) } }
  }

  /// All integers of a small part.
  func integers() throws -> [Int] {
    try require([.i32, .i64])
    return withBytes { bytes in
      (0..<count).map {
        dtype == .i32
          ? Int(Self.load(bytes, $0, as: Int32.self)) : Int(Self.load(bytes, $0, as: Int64.self))
      }
    }
  }
}
