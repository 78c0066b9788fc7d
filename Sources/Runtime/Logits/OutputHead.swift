import CleaveModel
import CleaveStorage

/// The weights between a hidden state and its logits: a norm, the model's last or an exit's, and the
/// unembedding.
struct OutputHead: Sendable {
  let norm: [Float]  // [hidden]
  let unembedding: Unembedding

  init(norm: [Float], unembedding: Unembedding) {
    self.norm = norm
    self.unembedding = unembedding
  }

  /// The head of a model or of a cloud bundle.
  ///
  /// - Throws: `InputError` when the artifact lacks a tensor.
  init(_ artifact: Artifact) throws {
    norm = try artifact.tensors(in: ArtifactLayout.head)
      .required(WeightName.finalNorm.text, in: ArtifactLayout.head).floats()
    unembedding = try Unembedding(artifact)
  }
}

/// The matrix that turns normed hidden states into logits: one of its own, or the embedding it is tied to.
struct Unembedding: Sendable {
  let matrix: Matrix  // [vocabulary, hidden]
  /// The epsilon of the norm before it.
  let epsilon: Float

  /// - Throws: `InputError` when the artifact lacks the tensor.
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
}
