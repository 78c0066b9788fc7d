import CleaveModel

/// What all layers share while a batch passes through them: its layout, the threads, and scratch memory for
/// gradients that live no longer than the backward pass of one block.
package final class BatchContext {
  let workers: Workers
  let product: Product
  let attention: CausalAttention
  /// What logits are capped at; 0 for none.
  let logitsCap: Float
  /// The rotations of blocks that attend to all positions, of those with a window where it differs,
  /// and of those without RoPE where there are any.
  private let rotations: [Rotation]
  var layout = BatchLayout(lengths: [])

  let normed: FloatBuffer  // [rows, hidden]
  /// The gradient of what a part of a block adds, where a norm or a factor stands before the addition.
  let part: FloatBuffer  // [rows, hidden], empty without these
  /// The gradients of queries and keys on either side of their norms.
  let heads: FloatBuffer  // [2, rows, query + kv], empty without such norms
  let query: FloatBuffer  // [rows, query]
  let projected: FloatBuffer  // [rows, query + 2 kv]
  let wide: FloatBuffer  // [rows, intermediate], or as wide as a shared expert
  let gates: FloatBuffer  // twice as wide
  let dots: FloatBuffer  // [rows, heads]
  let sums: MatrixView  // [threads, hidden]
  private let headSums: FloatBuffer  // [threads, query]

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
    logitsCap = configuration.logitsCap ?? 0
    rotations = Rotation.all(configuration, positions: longest)
    func buffer(_ columns: Int) -> FloatBuffer { FloatBuffer(rows * columns) }
    normed = buffer(configuration.hiddenSize)
    part = buffer(
      configuration.block.postNorms || configuration.residualScale != 1
        ? configuration.hiddenSize : 0)
    heads = buffer(
      configuration.block.queryKeyNorm ? 2 * (configuration.querySize + configuration.kvSize) : 0)
    query = buffer(configuration.querySize)
    projected = buffer(configuration.querySize + 2 * configuration.kvSize)
    let widest = max(
      configuration.intermediateSize, configuration.block.experts?.sharedSize ?? 0)
    wide = buffer(widest)
    gates = buffer(2 * widest)
    dots = buffer(configuration.headCount)
    func sums(_ columns: Int) -> MatrixView {
      FloatBuffer(workers.count * columns).matrix(workers.count, columns)
    }
    self.sums = sums(configuration.hiddenSize)
    headSums = FloatBuffer(workers.count * configuration.querySize)
  }

  /// Sums of the threads of norms of queries or keys, `[threads, width]`.
  func headSums(width: Int) -> MatrixView { headSums.matrix(workers.count, width) }

  /// The rotation of queries and keys in blocks of this kind.
  func rotation(_ kind: AttentionKind) -> Rotation {
    rotations[!kind.isRotated ? rotations.count - 1 : kind.isLocal ? 1 : 0]
  }
}
