import CleaveKernels
import CleaveModel

/// Attention of one block over its part of the KV cache.
enum Attention {
  /// Rotates queries and keys by their positions and stores keys and values at `position` on.
  ///
  /// - Parameter projected: queries, keys and values of `count` columns, one after another:
  ///   `[count, heads * headDimension]`, then twice `[count, kvHeads * headDimension]`.
  static func store(
    _ projected: inout [Float], count: Int, position: Int, configuration: ModelConfiguration,
    rotary: RotaryTable, cache: inout BlockCache, pool: ThreadPool
  ) {
    let (queries, keys) = (count * configuration.querySize, count * configuration.kvSize)
    precondition(queries + 2 * keys <= projected.count)
    precondition(position >= 0 && position + count <= min(rotary.positions, cache.capacity))
    let angles = position * (configuration.headDimension / 2)
    projected.withUnsafeMutableBufferPointer { projected in
      let (query, key) = (projected.baseAddress!, projected.baseAddress! + queries)
      rotary.cosines.withUnsafeBufferPointer { cosines in
        rotary.sines.withUnsafeBufferPointer { sines in
          cache.withKernelView(configuration) { view in
            ck_store_kv(
              pool.handle, view, query, configuration.headCount, key, key + keys, count, position,
              cosines.baseAddress! + angles, sines.baseAddress! + angles)
          }
        }
      }
    }
  }

  /// What scores are multiplied by.
  static func scale(_ configuration: ModelConfiguration) -> Float {
    configuration.attentionScale ?? 1 / Float(configuration.headDimension).squareRoot()
  }

  /// Causal grouped-query attention of `count` queries at `position` on, into `output`.
  static func attend(
    _ projected: [Float], count: Int, position: Int, kind: AttentionKind,
    configuration: ModelConfiguration, cache: inout BlockCache, into output: inout Activations,
    pool: ThreadPool
  ) {
    precondition(count * configuration.querySize <= projected.count)
    precondition(position >= 0 && position + count <= cache.capacity)
    precondition(output.width == configuration.querySize)
    let scale = scale(configuration)
    cache.withKernelView(configuration) { view in
      output.write(columns: count) { values, _ in
        ck_attention(
          pool.handle, view, projected, count, position, configuration.headCount, scale,
          kind.window ?? 0, values)
      }
    }
    output.quantize(count: count, pool: pool)
  }
}
