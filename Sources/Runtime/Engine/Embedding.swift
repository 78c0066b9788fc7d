import CleaveModel

/// The token embedding.
struct Embedding: Sendable {
  private let matrix: Matrix  // [vocabulary, hidden]

  init(_ artifact: Artifact) throws {
    matrix = Matrix(
      try artifact.tensors(in: ArtifactLayout.embedding)
        .required(WeightName.tokenEmbedding.text, in: ArtifactLayout.embedding))
  }

  /// - Returns: hidden states `[tokens, hidden]`.
  /// - Throws: `InputError` for an id outside the vocabulary.
  func callAsFunction(_ tokens: [Int]) throws -> [Float] {
    var states = [Float](repeating: 0, count: tokens.count * matrix.columns)
    for (index, token) in tokens.enumerated() {
      guard (0..<matrix.rows).contains(token) else {
        throw InputError(
          file: "tokens", found: "the id \(token)", expected: "from 0 to \(matrix.rows - 1)")
      }
      matrix.copyRow(token, into: &states, at: index * matrix.columns)
    }
    return states
  }
}
