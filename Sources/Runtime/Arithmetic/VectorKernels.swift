import CleaveKernels

/// Checked wrappers of the vector kernels.
enum VectorKernels {
  static func exponentials(_ values: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
      ck_exp(values, buffer.baseAddress, values.count)
      count = values.count
    }
  }

  static func exponential(_ value: Float) -> Float {
    var (value, result) = (value, Float())
    ck_exp(&value, &result, 1)
    return result
  }
}

extension [Float] {
  mutating func grow(to count: Int) {
    if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
  }
}
