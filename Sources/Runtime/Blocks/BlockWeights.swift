import CleaveModel
import CleaveStorage

/// The mapped weights of one transformer block. Those that its form leaves out are nil.
struct BlockWeights: Sendable {
  let attentionNorm: [Float]?  // [hidden]
  /// Query `[heads * headDimension, hidden]`, key and value `[kvHeads * headDimension, hidden]`.
  let queryKeyValue: [Matrix]
  /// The biases of query, key and value, `[rows]` of each; empty where the form has none.
  let queryKeyValueBias: [[Float]]
  let queryNorm: [Float]?  // [headDimension], or [heads * headDimension]
  let keyNorm: [Float]?  // [headDimension], or [kvHeads * headDimension]
  let output: Matrix  // [hidden, heads * headDimension]
  let outputBias: [Float]?  // [hidden]
  let postAttentionNorm: [Float]?  // [hidden]
  let feedForwardNorm: [Float]?  // [hidden]
  let feedForward: FeedForward
  let postFeedForwardNorm: [Float]?  // [hidden]

  init(_ artifact: Artifact, block index: Int) throws {
    let path = ArtifactLayout.block(index)
    try self.init(
      artifact.manifest.configuration, try artifact.tensors(in: path), block: index, path: path)
  }

  init(
    _ configuration: ModelConfiguration, _ tensors: [String: Tensor], block index: Int, path: String
  ) throws {
    try self.init(configuration) {
      try tensors.required(WeightName.block(index, $0).text, in: path)
    }
  }

  /// Reads the weights from any tensors of a block's shapes: a model's block, or one of an exit's tail.
  init(_ configuration: ModelConfiguration, _ tensor: (BlockWeight) throws -> Tensor) throws {
    let parts = Set(BlockWeight.all(in: configuration.block))
    func vector(_ weight: BlockWeight) throws -> [Float]? {
      parts.contains(weight) ? try tensor(weight).floats() : nil
    }
    attentionNorm = try vector(.attentionNorm)
    queryKeyValue = try [.query, .key, .value].map { Matrix(try tensor($0)) }
    queryKeyValueBias = try [.queryBias, .keyBias, .valueBias].compactMap(vector)
    queryNorm = try vector(.queryNorm)
    keyNorm = try vector(.keyNorm)
    output = Matrix(try tensor(.output))
    outputBias = try vector(.outputBias)
    postAttentionNorm = try vector(.postAttentionNorm)
    feedForwardNorm = try vector(.feedForwardNorm)
    feedForward = try FeedForward(configuration, tensor)
    postFeedForwardNorm = try vector(.postFeedForwardNorm)
    // The kernels take queries, keys and values from one buffer by these.
    precondition(queryKeyValue[1].rows == queryKeyValue[2].rows)
  }
}
