import CleaveKernels
import CleaveRuntime

/// Measures what a model computes besides products, by the engine's own kernels.
struct VectorMeasurement {
  let pool: ThreadPool

  /// Seconds of attention for each query position, cached position and number of a query: 32 heads over 8 heads of
  /// keys and values, in float16.
  func attention(seconds: Double) -> (value: Double, spread: Double) {
    let (heads, kvHeads, width, positions, queries) = (32, 8, 64, 1024, 16)
    let count = positions * kvHeads * width
    var keys = [UInt16](repeating: 0x2E66, count: count)
    var values = keys
    let query = [Float](repeating: 0.1, count: queries * heads * width)
    var output = query
    var scores = ck_scores(scale: 0.125, window: 0, cap: 0, sinks: nil)
    let rounds = Rounds(seconds: seconds) {
      keys.withUnsafeMutableBytes { keys in
        values.withUnsafeMutableBytes { values in
          var cache = ck_kv_cache(
            type: CK_F16, keys: keys.baseAddress, values: values.baseAddress, kv_heads: kvHeads,
            head_dim: width)
          ck_attention(
            pool.handle, &cache, query, queries, positions - queries, heads, &scores, &output)
        }
      }
    }
    let attended = Double(queries) * (Double(positions) - Double(queries - 1) / 2)
    return (rounds.median / (attended * Double(heads * width)), rounds.spread)
  }

  /// Seconds of each number of a norm that is rounded too.
  func value(seconds: Double) -> (value: Double, spread: Double) {
    let (width, columns) = (2048, 16)
    let input = (0..<width * columns).map { Float($0 % 100) / 100 }
    let weight = [Float](repeating: 1, count: width)
    var output = input
    var blocks = [ck_activations](repeating: .init(), count: width * columns / Int(CK_BLOCK))
    let rounds = Rounds(seconds: seconds) {
      ck_rms_norm(pool.handle, input, weight, width, columns, 1e-5, &output, &blocks)
    }
    return (rounds.median / Double(width * columns), rounds.spread)
  }

  /// Seconds of each logit that is summed up and searched, of several rows.
  func logit(seconds: Double) -> (value: Double, spread: Double) {
    let (vocabulary, rows) = (32_768, 4)
    let logits = (0..<vocabulary * rows).map { Float(($0 &* 7919) % 1000) / 100 }
    var ids = [UInt32](repeating: 0, count: rows)
    var largest = [Float](repeating: 0, count: rows)
    var summaries = [ck_logits_summary](repeating: .init(), count: rows)
    let rounds = Rounds(seconds: seconds) {
      ck_top_logits(pool.handle, logits, vocabulary, rows, 1, &ids, &largest, &summaries)
    }
    return (rounds.median / Double(vocabulary * rows), rounds.spread)
  }
}
