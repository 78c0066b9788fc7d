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

  /// Replaces `count` elements x from this one on by cap tanh(x / cap); changes nothing without a cap.
  static func cap(
    _ values: inout [Float], from first: Int = 0, count: Int, at cap: Float?, pool: ThreadPool
  ) {
    guard let cap else { return }
    precondition(first >= 0 && count >= 0 && first + count <= values.count && cap > 0)
    values.withUnsafeMutableBufferPointer {
      ck_cap(pool.handle, $0.baseAddress! + first, count, cap)
    }
  }

  /// RMSNorm of `rows` rows from element `offset` on, in place.
  ///
  /// - Parameter weight: as wide as a row.
  static func normalize(
    _ values: inout [Float], offset: Int, rows: Int, weight: [Float], epsilon: Float,
    pool: ThreadPool
  ) {
    precondition(offset >= 0 && rows >= 0 && offset + rows * weight.count <= values.count)
    values.withUnsafeMutableBufferPointer {
      let start = $0.baseAddress! + offset
      ck_rms_norm(pool.handle, start, weight, weight.count, rows, epsilon, start, nil)
    }
  }

  /// `y[row] += bias` of `count` rows from element `offset` on.
  static func addBias(_ bias: [Float], to values: inout [Float], offset: Int, count: Int) {
    precondition(offset >= 0 && count >= 0 && offset + count * bias.count <= values.count)
    values.withUnsafeMutableBufferPointer {
      ck_add_bias($0.baseAddress! + offset, bias, bias.count, count)
    }
  }

  /// Adds the first `count` elements of another vector times a factor, from element `offset` on.
  static func add(
    _ other: [Float], times factor: Float = 1, count: Int, to values: inout [Float], offset: Int
  ) {
    precondition(count <= other.count && offset >= 0 && offset + count <= values.count)
    values.withUnsafeMutableBufferPointer {
      ck_add_scaled($0.baseAddress! + offset, other, factor, count)
    }
  }
}

extension [Float] {
  mutating func grow(to count: Int) {
    if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
  }
}
