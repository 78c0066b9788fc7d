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

  /// The norm of `rows` rows from element `offset` on, in place.
  static func normalize(
    _ values: inout [Float], offset: Int, rows: Int, _ norm: Norm, pool: ThreadPool
  ) {
    precondition(offset >= 0 && rows >= 0 && offset + rows * norm.weight.count <= values.count)
    values.withUnsafeMutableBufferPointer {
      let start = $0.baseAddress! + offset
      norm.apply(start, rows: rows, into: start, blocks: nil, pool: pool)
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

extension Norm {
  /// Applies the norm to rows as wide as its weight.
  ///
  /// - Parameters:
  ///   - x, values: `[rows, width]`, which may be the same.
  ///   - blocks: receives the values as integers; nil where nobody reads them.
  func apply(
    _ x: UnsafePointer<Float>, rows: Int, into values: UnsafeMutablePointer<Float>,
    blocks: UnsafeMutablePointer<ck_activations>?, pool: ThreadPool
  ) {
    switch kind {
    case .rms:
      ck_rms_norm(pool.handle, x, weight, weight.count, rows, epsilon, values, blocks)
    case .layer:
      guard let bias else {
        return ck_layer_norm(
          pool.handle, x, weight, nil, weight.count, rows, epsilon, values, blocks)
      }
      ck_layer_norm(pool.handle, x, weight, bias, weight.count, rows, epsilon, values, blocks)
    }
  }
}

extension [Float] {
  mutating func grow(to count: Int) {
    if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
  }
}
