import CleaveKernels

/// Random inputs of ck_attention, a run of the kernel, and the judgment in Double.
struct AttentionInput {
  let queries, first, heads, kvHeads, headDim: Int
  let q, keys, values: [Float]
  let scale: Float

  init(queries: Int, first: Int, heads: Int, kvHeads: Int, headDim: Int) {
    (self.queries, self.first) = (queries, first)
    (self.heads, self.kvHeads, self.headDim) = (heads, kvHeads, headDim)
    var random = Random(first * 31 + headDim)
    q = random.floats(queries * heads * headDim, scale: 4)
    keys = random.floats((first + queries) * kvHeads * headDim)
    values = random.floats((first + queries) * kvHeads * headDim)
    scale = 1 / Float(headDim).squareRoot()
  }

  /// All queries at once; [queries, heads * headDim].
  func run(pool: OpaquePointer? = nil) -> [Float] {
    run(pool: pool, 0..<queries)
  }

  func run(pool: OpaquePointer? = nil, _ range: Range<Int>) -> [Float] {
    let width = heads * headDim
    let start = first + range.lowerBound
    var out = [Float](repeating: .nan, count: range.count * width)
    var scores = [Float](
      repeating: .nan, count: ck_pool_threads(pool) * (start + range.count))
    q.withUnsafeBufferPointer { q in
      ck_attention(
        pool, q.baseAddress! + range.lowerBound * width, keys, values, range.count, start, heads,
        kvHeads, headDim, scale, &scores, &out)
    }
    return out
  }

  /// One output element, straight from the definition.
  func judged(query: Int, head: Int, dimension: Int) -> Double {
    let stride = kvHeads * headDim
    let kv = head / (heads / kvHeads) * headDim
    let at = (query * heads + head) * headDim
    let scores = (0...(first + query)).map { position in
      (0..<headDim).reduce(0.0) { sum, d in
        sum + Double(q[at + d]) * Double(keys[position * stride + kv + d])
      } * Double(scale)
    }
    let largest = scores.max()!
    let weights = scores.map { exponential($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.enumerated().reduce(0.0) { total, weight in
      total + weight.element * Double(values[weight.offset * stride + kv + dimension])
    } / sum
  }
}
