import CleaveStorage

/// The model that a capture store was made with, and what the store keeps of each position.
package struct CaptureConfiguration: Equatable, Sendable {
  package var modelID: String
  package var hiddenSize: Int
  package var vocabularySize: Int
  package var blockCount: Int
  /// The depths whose hidden states are kept, rising. Depth 0 is the embedding.
  package var depths: [Int]
  /// The number of the teacher's largest logits that are kept.
  package var topK: Int

  package init(
    modelID: String, hiddenSize: Int, vocabularySize: Int, blockCount: Int, depths: [Int],
    topK: Int
  ) {
    self.modelID = modelID
    self.hiddenSize = hiddenSize
    self.vocabularySize = vocabularySize
    self.blockCount = blockCount
    self.depths = depths
    self.topK = topK
  }

  /// Bytes of one position's hidden states, in float16.
  var stateBytes: Int { 2 * depths.count * hiddenSize }
  /// Bytes of one position's teacher: ids, logits and log-sum-exp, four bytes each.
  var teacherBytes: Int { 4 * (2 * topK + 1) }
  /// Bytes of one position, its token and its exponents included.
  package var bytesPerToken: Int { 4 + stateBytes + depths.count + teacherBytes }

  static let largestDimension = 1 << 24
}

extension CaptureConfiguration {
  var json: JSON {
    [
      "model_id": .string(modelID), "hidden_size": .integer(Int64(hiddenSize)),
      "vocabulary_size": .integer(Int64(vocabularySize)),
      "block_count": .integer(Int64(blockCount)),
      "depths": .array(depths.map { .integer(Int64($0)) }), "top_k": .integer(Int64(topK)),
    ]
  }

  /// - Throws: `InputError` for numbers that no capture has.
  init(_ node: JSONNode) throws {
    let blockCount = try node.required("block_count").int(in: 1...Self.largestDimension)
    let vocabularySize = try node.required("vocabulary_size").int(in: 1...Self.largestDimension)
    let depths = try node.required("depths")
    self.init(
      modelID: try node.required("model_id").string(),
      hiddenSize: try node.required("hidden_size").int(in: 1...Self.largestDimension),
      vocabularySize: vocabularySize, blockCount: blockCount,
      depths: try depths.elements().map { try $0.int(in: 0...blockCount) },
      topK: try node.required("top_k").int(in: 1...vocabularySize))
    guard !self.depths.isEmpty, zip(self.depths, self.depths.dropFirst()).allSatisfy(<) else {
      throw depths.refuse(expected: "rising depths, at least one", found: "\(self.depths)")
    }
  }
}
