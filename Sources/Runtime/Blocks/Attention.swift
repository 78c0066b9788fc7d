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
  ///   - sinks: for each head a score that takes weight and adds no value; nil for none.
  ///   - queries: rotated, `[count, heads * headDimension]`; where the block has an output gate also the other rows of
  ///     `projected`, of which the gate is overwritten.
  ///   - output: `[count, heads * headDimension]`.
  static func attend(
    _ spans: [ck_span], kind: AttentionKind, sinks: [Float]?, _ queries: inout [Float],
    count: Int, configuration: ModelConfiguration, into output: inout Activations, pool: ThreadPool
  ) {
    precondition(count * configuration.querySize <= queries.count)
    precondition(output.width == configuration.querySize)
    for span in spans { precondition(span.column + span.columns <= count) }
    precondition((sinks?.count ?? configuration.headCount) == configuration.headCount)
    var scores = ck_scores(
      scale: scale(configuration), window: kind.window ?? 0, cap: configuration.attentionCap ?? 0,
      sinks: nil)
    output.write(columns: count) { values, _ in
      withSinks(sinks) {
        scores.sinks = $0
        ck_attention_spans(
          pool.handle, spans, spans.count, queries, configuration.headCount, &scores, values)
      }
    }
    if configuration.block.outputGate {
      gate(&output, by: &queries, count: count, configuration: configuration)
    }
    output.quantize(count: count, pool: pool)
  }

  private static func withSinks(
    _ sinks: [Float]?, _ body: (UnsafePointer<Float>?) -> Void
  ) {
    guard let sinks else { return body(nil) }
    sinks.withUnsafeBufferPointer { body($0.baseAddress) }
  }

  /// Multiplies the output by the sigmoid of its gate, the last of what the input projections gave.
  private static func gate(
    _ output: inout Activations, by projected: inout [Float], count: Int,
    configuration: ModelConfiguration
  ) {
    let (width, kv) = (configuration.querySize, configuration.kvSize)
    let offset = count * (width + 2 * kv)
    precondition(offset + count * width <= projected.count)
    projected.withUnsafeMutableBufferPointer { projected in
      output.write(columns: count) { values, _ in
        ck_sigmoid_gate(values, projected.baseAddress! + offset, count * width)
      }
    }
  }

  /// The factor of the scores: 1 / sqrt(headDimension) (Vaswani et al. 2017) where the model has no other.
  private static func scale(_ configuration: ModelConfiguration) -> Float {
    configuration.attentionScale ?? 1 / Float(configuration.headDimension).squareRoot()
  }
}
