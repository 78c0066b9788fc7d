import CleaveModel

/// What all layers share while a batch passes through them: its layout, the threads, and scratch memory for
/// gradients that live no longer than the backward pass of one block.
package final class BatchContext {
  let workers: Workers
  let product: Product
  let attention: CausalAttention
  let rotation: Rotation
  var layout = BatchLayout(lengths: [])

  let normed: FloatBuffer  // [rows, hidden]
  let query: FloatBuffer  // [rows, query]
  let projected: FloatBuffer  // [rows, query + 2 kv]
  let wide: FloatBuffer  // [rows, intermediate]
  let gates: FloatBuffer  // [rows, 2 intermediate]
  let dots: FloatBuffer  // [rows, heads]
  let sums: MatrixView  // [threads, hidden]

  /// - Parameters:
  ///   - rows: the most rows of a batch.
  ///   - longest: the most rows of a text.
  init(
    _ configuration: ModelConfiguration, rows: Int, longest: Int, workers: Workers,
    precision: TrainingPrecision
  ) {
    self.workers = workers
    product = Product(workers: workers, precision: precision)
    attention = CausalAttention(configuration, longest: longest, workers: workers)
    rotation = Rotation(configuration, positions: longest)
    func buffer(_ columns: Int) -> FloatBuffer { FloatBuffer(rows * columns) }
    normed = buffer(configuration.hiddenSize)
    query = buffer(configuration.querySize)
    projected = buffer(configuration.querySize + 2 * configuration.kvSize)
    wide = buffer(configuration.intermediateSize)
    gates = buffer(2 * configuration.intermediateSize)
    dots = buffer(configuration.headCount)
    sums = FloatBuffer(workers.count * configuration.hiddenSize)
      .matrix(workers.count, configuration.hiddenSize)
  }
}
