import CleaveStorage

extension Tensor {
  /// The values of a vector of any float type as float32, which holds them exactly.
  ///
  /// - Throws: `InputError` if the tensor is not a vector of F32, F16 or BF16.
  package func widened() throws -> [Float] {
    func refuse(_ found: String) -> InputError {
      InputError(
        file: file.path, location: name, found: found, expected: "a vector of F32, F16 or BF16")
    }
    guard shape.count == 1 else { throw refuse("shape \(shape)") }
    return try withBytes { bytes in
      func half(_ index: Int) -> UInt16 {
        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
      }
      return try (0..<shape[0]).map { index in
        switch type {
        case .f32:
          Float(
            bitPattern: UInt32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
        case .bf16: Float(bitPattern: UInt32(half(index)) << 16)
        case .f16: Float(Float16(bitPattern: half(index)))
        default: throw refuse(type.rawValue)
        }
      }
    }
  }
}
