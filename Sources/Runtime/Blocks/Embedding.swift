import CleaveModel
import CleaveStorage

/// The token embedding.
struct Embedding: Sendable {
  private let matrix: Matrix  // [vocabulary, hidden]
  /// The factor of the rows.
  private let scale: Float

  init(_ artifact: Artifact) throws {
    scale = artifact.manifest.configuration.embeddingScale
    matrix = Matrix(
      try artifact.tensors(in: ArtifactLayout.embedding)
        .required(WeightName.tokenEmbedding.text, in: ArtifactLayout.embedding))
  }

  init(_ matrix: Matrix, _ configuration: ModelConfiguration) {
    self.matrix = matrix
    scale = configuration.embeddingScale
  }

  /// Appends hidden states `[tokens, hidden]`.
  ///
  /// - Throws: `InputError` for an id outside the vocabulary; nothing is appended then.
  func append(_ tokens: ArraySlice<Int>, to states: inout [Float]) throws(InputError) {
    try check(tokens)
    let first = states.count
    for token in tokens { matrix.appendRow(token, to: &states) }
    guard scale != 1 else { return }
    for index in first..<states.count { states[index] *= scale }
  }

  /// Checks token ids.
  ///
  /// - Throws: `InputError` for an id outside the vocabulary.
  func check(_ tokens: ArraySlice<Int>) throws(InputError) {
    for token in tokens where !(0..<matrix.rows).contains(token) {
      throw InputError(
        file: "tokens", found: "the id \(token)", expected: "from 0 to \(matrix.rows - 1)")
    }
  }
}
