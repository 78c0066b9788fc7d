import CleaveModel

/// What a forward pass scribbles on: one for all the passes that run one after another. Grows to the
/// largest batch seen, never beyond `largestBatch` columns.
struct Workspace {
  /// Columns that go through a block together. Longer batches are cut: the results do not depend on
  /// where, and scratch memory stays bounded.
  static let largestBatch = 128

  let pool: ThreadPool
  var rotary: RotaryTable
  var normed: [Float] = []  // [batch, hidden]
  var query: [Float] = []  // [batch, heads * headDimension]
  var attended: [Float] = []  // [batch, heads * headDimension]
  var gate: [Float] = []  // [batch, intermediate]
  var up: [Float] = []  // [batch, intermediate]
  var delta: [Float] = []  // [batch, hidden]
  var scores: [Float] = []  // [threads, positions]

  init(_ configuration: ModelConfiguration, pool: ThreadPool) {
    self.pool = pool
    rotary = RotaryTable(configuration)
  }

  mutating func prepare(_ configuration: ModelConfiguration, batch: Int, positions: Int) {
    rotary.cover(positions)
    normed.grow(to: batch * configuration.hiddenSize)
    query.grow(to: batch * configuration.querySize)
    attended.grow(to: batch * configuration.querySize)
    gate.grow(to: batch * configuration.intermediateSize)
    up.grow(to: batch * configuration.intermediateSize)
    delta.grow(to: batch * configuration.hiddenSize)
    // Doubling, so that decoding does not grow it at every token.
    if scores.count < pool.count * positions { scores.grow(to: 2 * pool.count * positions) }
  }
}

extension [Float] {
  mutating func grow(to count: Int) {
    if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
  }
}
