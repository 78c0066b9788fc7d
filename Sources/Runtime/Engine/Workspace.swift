import CleaveKernels
import CleaveModel

/// What a forward pass scribbles on: one for all the passes that run one after another. Grows to the
/// largest batch seen, never beyond `largestBatch` columns; decoding allocates nothing.
struct Workspace {
  /// Columns that go through a block together. Longer batches are cut: the results do not depend on
  /// where, and scratch memory stays bounded.
  static let largestBatch = 128

  let pool: ThreadPool
  let numerics: Numerics
  var rotary: RotaryTable
  var normed: Activations  // [batch, hidden]
  /// Queries, keys and values: `[batch, heads * headDimension]`, twice `[batch, kvHeads * headDimension]`.
  var projected: [Float] = []
  var attended: Activations  // [batch, heads * headDimension]
  var gated: Activations  // [batch, intermediate]
  /// What an exit makes of states before its norm: `[batch, hidden]`.
  var exit: [Float] = []
  /// Between the two matrices of an affine exit, by rank: `[batch, rank]`.
  var lowRank: [Int: Activations] = [:]
  /// Of the position looked at last, `[vocabulary]`.
  var logits: [Float] = []
  var logitsParts: [ck_logits_part] = []
  private let projectedWidth: Int

  init(_ configuration: ModelConfiguration, numerics: Numerics, pool: ThreadPool) {
    self.pool = pool
    self.numerics = numerics
    rotary = RotaryTable(configuration)
    normed = Activations(width: configuration.hiddenSize, numerics: numerics)
    attended = Activations(width: configuration.querySize, numerics: numerics)
    gated = Activations(width: configuration.intermediateSize, numerics: numerics)
    projectedWidth = configuration.querySize + 2 * configuration.kvSize
  }

  mutating func grow(batch: Int) {
    normed.grow(columns: batch)
    projected.grow(to: batch * projectedWidth)
    attended.grow(columns: batch)
    gated.grow(columns: batch)
  }

  mutating func growLowRank(_ rank: Int, batch: Int) {
    lowRank[rank, default: Activations(width: rank, numerics: numerics)].grow(columns: batch)
  }
}
