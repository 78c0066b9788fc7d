import CleaveKernels
import CleaveModel

extension Attention {
  /// Rotates queries and keys by their positions, stores keys and values, and attends: each span of
  /// the batch in the cache of its own sequence.
  ///
  /// - Parameters:
  ///   - projected: as `store` takes it, of `count` columns.
  ///   - block: counted from the first of the cache's blocks.
  static func run(
    _ spans: [BatchSpan], block: Int, kind: AttentionKind, _ projected: inout [Float], count: Int,
    configuration: ModelConfiguration, rotary: RotaryTable, cache: some SpanCache,
    into output: inout Activations, pool: ThreadPool
  ) {
    let (queries, keys) = (count * configuration.querySize, count * configuration.kvSize)
    precondition(queries + 2 * keys <= projected.count && output.width == configuration.querySize)
    for span in spans {
      precondition(span.column >= 0 && span.column + span.count <= count)
      precondition(
        span.position >= 0
          && span.position + span.count <= min(rotary.positions, cache.capacity(slot: span.slot)))
    }
    let views = spans.map {
      ck_span(
        cache: cache.view(block: block, slot: $0.slot), first_position: $0.position,
        column: $0.column, columns: $0.count)
    }
    projected.withUnsafeMutableBufferPointer { projected in
      let (query, key) = (projected.baseAddress!, projected.baseAddress! + queries)
      ck_store_kv_spans(
        pool.handle, views, views.count, query, configuration.headCount, key, key + keys,
        rotary.cosines, rotary.sines)
      let scale = scale(configuration)
      output.write(columns: count) { values, _ in
        ck_attention_spans(
          pool.handle, views, views.count, query, configuration.headCount, scale,
          kind.window ?? 0, values)
      }
    }
    withExtendedLifetime(cache) {}
    output.quantize(count: count, pool: pool)
  }
}
