import CleaveKernels

/// Random inputs of ck_attention, a run of the kernel, and the expected output in Double.
struct AttentionInput {
  let type: ck_type
  let queries, first, heads, kvHeads, headDim: Int
  /// The most positions that a query attends to; 0 for all.
  let window: Int
  let q, keys, values: [Float]
  let scale: Float
  /// The cap of scores; 0 for none.
  var cap: Float = 0
  /// A score for each head that belongs to no position; empty for none.
  var sinks: [Float] = []

  init(
    _ type: ck_type, queries: Int, first: Int, heads: Int, kvHeads: Int, headDim: Int,
    spread: Float = 4, window: Int = 0
  ) {
    self.type = type
    self.window = window
    (self.queries, self.first) = (queries, first)
    (self.heads, self.kvHeads, self.headDim) = (heads, kvHeads, headDim)
    var random = Random(first * 31 + headDim)
    q = random.floats(queries * heads * headDim, scale: spread)
    // What the cache holds exactly: its rounding is another test's matter.
    let count = (first + queries) * kvHeads * headDim
    keys = StoredBits.numbers(random.floats(count), type, headDim: headDim)
    values = StoredBits.numbers(random.floats(count), type, headDim: headDim)
    scale = 1 / Float(headDim).squareRoot()
  }

  /// The output of all queries at once, [queries, heads * headDim].
  func run(pool: OpaquePointer? = nil, garbage: UInt8 = 0xff) -> [Float] {
    let cache = Cache(
      type, positions: first + queries, kvHeads: kvHeads, headDim: headDim, garbage: garbage)
    cache.store(k: keys, v: values, at: 0)
    return run(0..<queries, cache, pool: pool)
  }

  /// The output of some of the queries, from a cache that has at least their positions.
  func run(_ range: Range<Int>, _ cache: Cache, pool: OpaquePointer? = nil) -> [Float] {
    let width = heads * headDim
    var out = [Float](repeating: .nan, count: range.count * width)
    q.withUnsafeBufferPointer { q in
      sinks.withUnsafeBufferPointer { sinks in
        var scores = ck_scores(
          scale: scale, window: window, cap: cap, sinks: sinks.isEmpty ? nil : sinks.baseAddress)
        cache.withKernelCache {
          ck_attention(
            pool, &$0, q.baseAddress! + range.lowerBound * width, range.count,
            first + range.lowerBound, heads, &scores, &out)
        }
      }
    }
    return out
  }

  /// A cache with the positions before `end` only.
  func cache(until end: Int) -> Cache {
    let cache = Cache(type, positions: end, kvHeads: kvHeads, headDim: headDim)
    let count = end * kvHeads * headDim
    cache.store(k: Array(keys[..<count]), v: Array(values[..<count]), at: 0)
    return cache
  }

  /// The output of one query and head, straight from the definition of attention. [headDim]
  func judged(query: Int, head: Int) -> [Double] {
    let stride = kvHeads * headDim
    let kv = head / (heads / kvHeads) * headDim
    let at = (query * heads + head) * headDim
    let start = window == 0 ? 0 : max(0, first + query + 1 - window)
    let scores = (start...(first + query)).map { position in
      let score =
        (0..<headDim).reduce(0.0) { sum, d in
          sum + Double(q[at + d]) * Double(keys[position * stride + kv + d])
        } * Double(scale)
      return cap > 0 ? Double(cap) * hyperbolicTangent(score / Double(cap)) : score
    }
    let sink = sinks.isEmpty ? -Double.infinity : Double(sinks[head])
    let largest = max(sink, scores.max()!)
    let weights = scores.map { exponential($0 - largest) }
    let sum = weights.reduce(exponential(sink - largest), +)
    var out = [Double](repeating: 0, count: headDim)
    for (index, weight) in weights.enumerated() {
      let position = start + index
      for d in 0..<headDim { out[d] += weight * Double(values[position * stride + kv + d]) / sum }
    }
    return out
  }
}
