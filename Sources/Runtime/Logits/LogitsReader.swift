/// Logits after a few states at a time: one product with the unembedding for all of them.
struct BatchLogits {
  /// States whose logits are in memory together.
  static let largest = 32

  /// `[<= largest, vocabulary]`.
  private(set) var values: [Float] = []

  /// - Parameters:
  ///   - states: of which the first `count` rows are meant, at most `largest`: `[.., hidden]`.
  ///   - norm: `[hidden]`, the final norm or an exit's.
  mutating func compute(
    _ states: [Float], count: Int, norm: [Float], _ unembedding: Unembedding,
    _ workspace: inout Workspace
  ) {
    precondition(count <= Self.largest)
    workspace.grow(batch: count)
    values.grow(to: count * unembedding.matrix.rows)
    workspace.normed.normalize(
      states, count: count, weight: norm, epsilon: unembedding.epsilon, pool: workspace.pool)
    Matrix.multiply(
      [unembedding.matrix], workspace.normed, count: count, into: &values, pool: workspace.pool)
  }
}
