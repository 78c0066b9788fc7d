import CleaveKernels

/// Conversion between float32 and float16, the format of hidden states in a capture store.
enum Float16Conversion {
  /// The values rounded to the nearest float16; infinite beyond its range.
  static func narrowed(_ values: ArraySlice<Float>) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
      values.withUnsafeBufferPointer {
        ck_narrow($0.baseAddress, buffer.baseAddress, $0.count)
      }
      count = values.count
    }
  }

  /// The same values in float32.
  static func widened(_ halves: [UInt16]) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { buffer, count in
      ck_dequantize(CK_F16, halves, buffer.baseAddress, halves.count)
      count = halves.count
    }
  }

  /// Whether any of the values is infinite or not a number.
  static func areInfinite(_ halves: [UInt16]) -> Bool {
    halves.reduce(0) { max($0, $1 & 0x7FFF) } >= 0x7C00
  }
}
