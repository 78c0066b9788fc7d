import CleaveKernels
import CleaveModel

/// The matrix that turns normed hidden states into logits: the head, or the embedding it is tied to.
struct Unembedding: Sendable {
  let matrix: Matrix  // [vocabulary, hidden]
  let epsilon: Float

  init(_ artifact: Artifact) throws {
    let configuration = artifact.manifest.configuration
    let (path, weight): (String, WeightName) =
      configuration.tiedEmbeddings
      ? (ArtifactLayout.embedding, .tokenEmbedding) : (ArtifactLayout.head, .head)
    matrix = Matrix(try artifact.tensors(in: path).required(weight.text, in: path))
    epsilon = configuration.normEpsilon
  }

  init(_ matrix: Matrix, epsilon: Float) {
    self.matrix = matrix
    self.epsilon = epsilon
  }

  /// Logits after one hidden state, left in `workspace.logits`.
  ///
  /// - Parameters:
  ///   - states: `[count, hidden]`, of which row `row` is meant.
  ///   - norm: `[hidden]`, the final norm or an exit's.
  func callAsFunction(
    _ states: [Float], row: Int, norm: [Float], temperature: Float = 1,
    _ workspace: inout Workspace, observe: ((_ values: [Float]) -> Void)? = nil
  ) throws -> LogitsSummary {
    workspace.grow(batch: 1)
    workspace.logits.grow(to: matrix.rows)
    let parts = (matrix.rows + Int(CK_LOGITS_PART) - 1) / Int(CK_LOGITS_PART)
    if workspace.logitsParts.count < parts {
      workspace.logitsParts = Array(repeating: ck_logits_part(), count: parts)
    }
    workspace.normed.normalize(
      states, first: row, count: 1, weight: norm, epsilon: epsilon, pool: workspace.pool)
    observe?(workspace.normed.values)
    return try LogitsSummary(
      matrix.unembed(
        workspace.normed, temperature: temperature, into: &workspace.logits,
        parts: &workspace.logitsParts, pool: workspace.pool))
  }

  /// - Parameter states: `[count, hidden]`.
  /// - Returns: logits `[count, vocabulary]`.
  func logits(_ states: [Float], norm: [Float], numerics: Numerics, pool: ThreadPool) -> [Float] {
    let count = states.count / matrix.columns
    var normed = Activations(width: matrix.columns, numerics: numerics)
    normed.grow(columns: count)
    normed.normalize(states, count: count, weight: norm, epsilon: epsilon, pool: pool)
    var logits = [Float](repeating: 0, count: count * matrix.rows)
    Matrix.multiply([matrix], normed, count: count, into: &logits, pool: pool)
    return logits
  }
}

/// The final norm's weight, `[hidden]`.
func finalNorm(of artifact: Artifact) throws -> [Float] {
  try artifact.tensors(in: ArtifactLayout.head)
    .required(WeightName.finalNorm.text, in: ArtifactLayout.head).floats()
}
