import CleaveKernels
import CleaveModel

/// Attention of one block over the KV cache: causal grouped-query attention of each span over its own sequence.
enum Attention {
  /// Rotates queries and keys by their positions (RoPE), and stores keys and values in the cache.
  ///
  /// - Parameters:
  ///   - spans: turned to this block; their columns are those of the batch.
  ///   - projected: queries, keys and values of `count` columns, one after another:
  ///     `[count, heads * headDimension]`, then twice `[count, kvHeads * headDimension]`.
  static func store(
    _ spans: [ck_span], _ projected: inout [Float], count: Int, configuration: ModelConfiguration,
    rotary: RotaryTable, pool: ThreadPool
  ) {
    let (queries, keys) = (count * configuration.querySize, count * configuration.kvSize)
    precondition(queries + 2 * keys <= projected.count)
    for span in spans {
      precondition(span.column + span.columns <= count)
      precondition(span.first_position + span.columns <= rotary.positions)
    }
    if let scaling = configuration.queryScaling {
      scale(&projected, spans, width: configuration.querySize, scaling)
    }
    projected.withUnsafeMutableBufferPointer { projected in
      let (query, key) = (projected.baseAddress!, projected.baseAddress! + queries)
      ck_store_kv_spans(
        pool.handle, spans, spans.count, query, configuration.headCount, key, key + keys,
        rotary.cosines, rotary.sines)
    }
  }

  /// Multiplies each query by the factor of its position. Rotation keeps the factor.
  private static func scale(
    _ queries: inout [Float], _ spans: [ck_span], width: Int, _ scaling: QueryScaling
  ) {
    for span in spans {
      for column in 0..<span.columns {
        let factor = scaling.factor(at: span.first_position + column)
        guard factor != 1 else { continue }
        let row = (span.column + column) * width
        for index in row..<row + width { queries[index] *= factor }
      }
    }
  }

  /// Attends: keys and values of all positions up to those of the spans are in the cache.
  ///
  /// - Parameters:
  ///   - spans: turned to this block; their columns are rows of `queries`.
  ///   - queries: rotated, `[count, heads * headDimension]`.
  ///   - output: `[count, heads * headDimension]`.
  static func attend(
    _ spans: [ck_span], kind: AttentionKind, _ queries: [Float], count: Int,
    configuration: ModelConfiguration, into output: inout Activations, pool: ThreadPool
  ) {
    precondition(count * configuration.querySize <= queries.count)
    precondition(output.width == configuration.querySize)
    for span in spans { precondition(span.column + span.columns <= count) }
    let scale = scale(configuration)
    output.write(columns: count) { values, _ in
      ck_attention_spans(
        pool.handle, spans, spans.count, queries, configuration.headCount, scale,
        kind.window ?? 0, values)
    }
    output.quantize(count: count, pool: pool)
  }

  /// The factor of the scores: 1 / sqrt(headDimension) (Vaswani et al. 2017) where the model has no other.
  private static func scale(_ configuration: ModelConfiguration) -> Float {
    configuration.attentionScale ?? 1 / Float(configuration.headDimension).squareRoot()
  }
}
