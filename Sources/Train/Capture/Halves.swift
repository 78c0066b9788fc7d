import CleaveKernels

/// float16 as it stands in the store.
enum Halves {
  static func narrowed(_ values: ArraySlice<Float>) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
      values.withUnsafeBufferPointer {
        ck_narrow($0.baseAddress, buffer.baseAddress, $0.count)
      }
      count = values.count
    }
  }

  static func widened(_ halves: [UInt16]) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { buffer, count in
      ck_dequantize(CK_F16, halves, buffer.baseAddress, halves.count)
      count = halves.count
    }
  }

  /// Whether any is infinite or no number.
  static func areInfinite(_ halves: [UInt16]) -> Bool {
    halves.reduce(0) { max($0, $1 & 0x7FFF) } >= 0x7C00
  }
}
