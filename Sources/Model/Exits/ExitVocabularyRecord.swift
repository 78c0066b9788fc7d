import CleaveStorage

/// The manifest's record of the exit vocabulary: the tokens that all exits which use it can answer with.
package struct ExitVocabularyRecord: Equatable, Sendable {
  /// The number of tokens.
  package var count: Int
  /// Whether the tokens of the text before a position can be answered there too. Their rows are those of the
  /// embedding, so that only a model whose head is tied to it allows this.
  package var includesText: Bool

  /// The name of the tensor of the rows `[count, hidden]`.
  package static let weightName = "exits.vocabulary.weight"

  /// The name of the tensor of the biases of these rows, `[count]`, where the unembedding has one.
  package static let biasName = "exits.vocabulary.bias"

  /// The tensors of the file.
  package func tensors(
    in configuration: ModelConfiguration
  ) -> [(name: String, shape: [Int])] {
    [(Self.weightName, [count, configuration.hiddenSize])]
      + (configuration.headBias ? [(Self.biasName, [count])] : [])
  }

  package init(count: Int, includesText: Bool) {
    self.count = count
    self.includesText = includesText
  }

  init(_ node: JSONNode) throws {
    // The configuration says how much is too much.
    count = try node.required("count").int(in: 1...(1 << 24))
    includesText = try node.required("text").bool()
  }

  var json: JSON { ["count": .integer(Int64(count)), "text": .bool(includesText)] }
}
