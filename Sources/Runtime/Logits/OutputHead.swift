import CleaveModel
import CleaveStorage

/// The weights between a hidden state and its logits: a norm, the model's last or an exit's, and the
/// unembedding.
struct OutputHead: Sendable {
  let norm: Norm
  let unembedding: Unembedding
  /// Rows that follow those of an exit vocabulary.
  let text: TextRows?

  init(norm: Norm, unembedding: Unembedding, text: TextRows? = nil) {
    self.norm = norm
    self.unembedding = unembedding
    self.text = text
  }

  /// The number of tokens that it gives logits of.
  var rows: Int { unembedding.matrix.rows + (text?.matrix.rows ?? 0) }

  /// The token whose logit stands at this index.
  func token(at index: Int) -> Int {
    guard let tokens = unembedding.tokens else { return index }
    if index < tokens.count { return Int(tokens[index]) }
    guard let text else { preconditionFailure("a logit of no token") }
    return Int(text.tokens[index - tokens.count])
  }

  /// The head of a model or of a cloud bundle.
  ///
  /// - Throws: `InputError` when the artifact lacks a tensor.
  init(_ artifact: Artifact) throws {
    text = nil
    let tensors = try artifact.tensors(in: ArtifactLayout.head)
    func vector(_ weight: WeightName) throws -> [Float] {
      try tensors.required(weight.text, in: ArtifactLayout.head).floats()
    }
    let configuration = artifact.manifest.configuration
    norm = Norm(
      weight: try vector(.finalNorm),
      bias: try configuration.block.normBias ? vector(.finalNormBias) : nil, configuration)
    unembedding = try Unembedding(artifact)
  }
}

/// The matrix that turns normed hidden states into logits: one of its own, the embedding it is tied to, or the rows
/// of an exit vocabulary.
struct Unembedding: Sendable {
  let matrix: Matrix  // [vocabulary, hidden]
  /// What is added to the logits before they are capped; nil for nothing.
  let bias: [Float]?  // [vocabulary]
  /// The cap of the logits; nil for none.
  let cap: Float?
  /// The tokens of the rows, rising; nil where each row is that of the token with its index.
  let tokens: [UInt32]?

  /// - Throws: `InputError` when the artifact lacks the tensor.
  init(_ artifact: Artifact) throws {
    self.init(
      Matrix(try artifact.unembedding()), bias: try artifact.unembeddingBias()?.floats(),
      artifact.manifest.configuration)
  }

  init(
    _ matrix: Matrix, bias: [Float]?, _ configuration: ModelConfiguration, tokens: [UInt32]? = nil
  ) {
    precondition(bias.map { $0.count == matrix.rows } ?? true)
    self.matrix = matrix
    self.bias = bias
    cap = configuration.logitsCap
    self.tokens = tokens
  }

  /// Makes logits of products with the matrix: the first `rows` rows of it.
  func finish(_ logits: inout [Float], rows: Int, pool: ThreadPool) {
    if let bias { VectorKernels.addBias(bias, to: &logits, offset: 0, count: rows) }
    VectorKernels.cap(&logits, count: rows * matrix.rows, at: cap, pool: pool)
  }
}
