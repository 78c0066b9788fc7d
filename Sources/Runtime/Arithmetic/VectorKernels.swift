import CleaveKernels

/// Checked wrappers of the vector kernels. Batches are arrays `[count, width]`, rows contiguous.
enum VectorKernels {
  /// RMSNorm (Zhang & Sennrich 2019) of each row of `input`, from row `first` on, into `output`.
  static func normalize(
    _ input: [Float], first: Int = 0, count: Int, weight: [Float], epsilon: Float,
    into output: inout [Float]
  ) {
    let width = weight.count
    precondition(first >= 0 && (first + count) * width <= input.count)
    precondition(count * width <= output.count)
    input.withUnsafeBufferPointer { x in
      output.withUnsafeMutableBufferPointer { y in
        for row in 0..<count {
          ck_rms_norm(
            x.baseAddress! + (first + row) * width, weight, y.baseAddress! + row * width, width,
            epsilon)
        }
      }
    }
  }

  /// Rotates the heads of each row by the angles of its position, from `firstPosition` on.
  ///
  /// - Parameter values: `[count, heads * headDimension]`, from row `firstRow` on.
  static func rotate(
    _ values: inout [Float], firstRow: Int = 0, count: Int, heads: Int, firstPosition: Int,
    table: RotaryTable
  ) {
    let dimension = table.headDimension
    precondition(firstRow >= 0 && (firstRow + count) * heads * dimension <= values.count)
    precondition(firstPosition >= 0 && firstPosition + count <= table.positions)
    let half = dimension / 2
    values.withUnsafeMutableBufferPointer { x in
      table.cosines.withUnsafeBufferPointer { cosines in
        table.sines.withUnsafeBufferPointer { sines in
          for row in 0..<count {
            let angles = (firstPosition + row) * half
            ck_rope(
              x.baseAddress! + (firstRow + row) * heads * dimension, heads, dimension,
              cosines.baseAddress! + angles, sines.baseAddress! + angles)
          }
        }
      }
    }
  }

  /// `gate = silu(gate) * up` over the first `count` elements.
  static func swiGLU(_ gate: inout [Float], _ up: [Float], count: Int) {
    precondition(count <= gate.count && count <= up.count)
    gate.withUnsafeMutableBufferPointer { ck_swiglu($0.baseAddress, up, count) }
  }

  /// `values += other`, `other` being added from element `offset` of `values` on.
  static func add(_ values: inout [Float], at offset: Int, _ other: [Float], count: Int) {
    precondition(offset >= 0 && offset + count <= values.count && count <= other.count)
    values.withUnsafeMutableBufferPointer { ck_add($0.baseAddress! + offset, other, count) }
  }

  /// Causal grouped-query attention of `count` queries at `firstPosition` on.
  static func attend(
    query: [Float], cache: BlockCache, count: Int, firstPosition: Int, heads: Int, kvHeads: Int,
    headDimension: Int, scores: inout [Float], into output: inout [Float], pool: ThreadPool
  ) {
    let positions = firstPosition + count
    precondition(count * heads * headDimension <= min(query.count, output.count))
    precondition(positions * kvHeads * headDimension <= min(cache.keys.count, cache.values.count))
    precondition(pool.count * positions <= scores.count)
    scores.withUnsafeMutableBufferPointer { scores in
      output.withUnsafeMutableBufferPointer { output in
        ck_attention(
          pool.handle, query, cache.keys, cache.values, count, firstPosition, heads, kvHeads,
          headDimension, 1 / Float(headDimension).squareRoot(), scores.baseAddress,
          output.baseAddress)
      }
    }
  }
}
