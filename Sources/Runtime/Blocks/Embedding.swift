import CleaveModel
import CleaveStorage

/// The embedding of tokens, and of positions in a model that has learned those.
struct Embedding: Sendable {
  private var matrix: Matrix  // [vocabulary, hidden]
  /// What is added to the rows of tokens by their positions; nil where nothing is.
  private let positions: Matrix?  // [positions, hidden]
  /// The factor of the rows of tokens.
  private let scale: Float

  init(_ artifact: Artifact) throws {
    let configuration = artifact.manifest.configuration
    let tensors = try artifact.tensors(in: ArtifactLayout.embedding)
    func matrix(_ weight: WeightName) throws -> Matrix {
      Matrix(try tensors.required(weight.text, in: ArtifactLayout.embedding))
    }
    scale = configuration.embeddingScale
    self.matrix = try matrix(.tokenEmbedding)
    positions =
      try configuration.learnedPositions == nil ? nil : matrix(.positionEmbedding)
  }

  /// The same with another matrix of the tokens.
  func replacing(_ matrix: Matrix) -> Embedding {
    var other = self
    other.matrix = matrix
    return other
  }

  /// Appends hidden states `[tokens, hidden]`.
  ///
  /// - Parameter position: of the first token in its text.
  /// - Throws: `InputError` for an id outside the vocabulary, or positions that have no embedding; nothing is appended
  ///   then.
  func append(
    _ tokens: ArraySlice<Int>, at position: Int, to states: inout [Float]
  ) throws(InputError) {
    try check(tokens)
    if let positions, position + tokens.count > positions.rows {
      throw InputError(
        file: "tokens", found: "\(position + tokens.count) positions",
        expected: "at most \(positions.rows), which have an embedding")
    }
    let first = states.count
    for token in tokens { matrix.appendRow(token, to: &states) }
    if scale != 1 {
      for index in first..<states.count { states[index] *= scale }
    }
    guard let positions else { return }
    for index in 0..<tokens.count {
      Self.add(positions, row: position + index, to: &states, at: first + index * matrix.columns)
    }
  }

  /// Adds a row to the states from this element on. The row stands behind them meanwhile, so that none is allocated.
  private static func add(_ table: Matrix, row: Int, to states: inout [Float], at start: Int) {
    let end = states.count
    table.appendRow(row, to: &states)
    for column in 0..<table.columns { states[start + column] += states[end + column] }
    states.removeLast(table.columns)
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
