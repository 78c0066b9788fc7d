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

  /// - Parameters:
  ///   - states: `[count, hidden]`.
  ///   - norm: `[hidden]`, the final norm or an exit's.
  /// - Returns: logits `[count, vocabulary]`.
  func logits(_ states: [Float], norm: [Float], pool: ThreadPool) -> [Float] {
    let count = states.count / matrix.columns
    var normed = [Float](repeating: 0, count: states.count)
    VectorKernels.normalize(
      states, count: count, weight: norm, epsilon: epsilon, into: &normed)
    var logits = [Float](repeating: 0, count: count * matrix.rows)
    matrix.multiply(normed, count: count, into: &logits, pool: pool)
    return logits
  }
}

/// The final norm's weight, `[hidden]`.
func finalNorm(of artifact: Artifact) throws -> [Float] {
  try artifact.tensors(in: ArtifactLayout.head)
    .required(WeightName.finalNorm.text, in: ArtifactLayout.head).floats()
}
