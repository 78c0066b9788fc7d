import CleaveModel
import CleaveStorage

/// The mapped weights of one transformer block. Those that its form leaves out are nil.
struct BlockWeights: Sendable {
  let attentionNorm: [Float]?  // [hidden]
  /// The input projections. Of attention: query `[heads * headDimension, hidden]`, key and value `[kvHeads *
  /// headDimension, hidden]`, and where there is one the gate of the output, as wide as the query.
  let inputs: [Matrix]
  /// The biases of query, key and value, `[rows]` of each; empty where the form has none.
  let queryKeyValueBias: [[Float]]
  let queryNorm: [Float]?  // [headDimension], or [heads * headDimension]
  let keyNorm: [Float]?  // [headDimension], or [kvHeads * headDimension]
  /// What stands in the place of attention; nil for a block with attention.
  let state: StateMixer?
  let output: Matrix  // [hidden, what the mixer gives]
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
    try self.init(configuration, configuration.mixer(ofBlock: index)) {
      try tensors.required(WeightName.block(index, $0).text, in: path)
    }
  }

  /// Reads the weights from any tensors of a block's shapes: a model's block, or one of an exit's tail.
  init(
    _ configuration: ModelConfiguration, _ mixer: Mixer, _ tensor: (BlockWeight) throws -> Tensor
  ) throws {
    let parts = Set(BlockWeight.all(in: configuration.block, mixer))
    func vector(_ weight: BlockWeight) throws -> [Float]? {
      parts.contains(weight) ? try tensor(weight).floats() : nil
    }
    attentionNorm = try vector(.attentionNorm)
    inputs = try Self.inputs(mixer).filter(parts.contains).map { Matrix(try tensor($0)) }
    queryKeyValueBias = try [.queryBias, .keyBias, .valueBias].compactMap(vector)
    queryNorm = try vector(.queryNorm)
    keyNorm = try vector(.keyNorm)
    state = try StateMixer(mixer, configuration, tensor)
    output = Matrix(try tensor(Self.output(mixer)))
    outputBias = try vector(.outputBias)
    postAttentionNorm = try vector(.postAttentionNorm)
    feedForwardNorm = try vector(.feedForwardNorm)
    feedForward = try FeedForward(configuration, tensor)
    postFeedForwardNorm = try vector(.postFeedForwardNorm)
    // The kernels take queries, keys and values from one buffer by these.
    precondition(mixer != .attention || inputs[1].rows == inputs[2].rows)
  }

  /// The input projections of a mixer, in the order in which it takes what they give.
  private static func inputs(_ mixer: Mixer) -> [BlockWeight] {
    switch mixer {
    case .attention: [.query, .key, .value, .outputGate]
    case .convolution: [.convolutionInput, .convolutionInputGate, .convolutionOutputGate]
    case .deltaNet: [.deltaInput, .deltaGate, .deltaWrite, .deltaDecay]
    }
  }

  private static func output(_ mixer: Mixer) -> BlockWeight {
    switch mixer {
    case .attention: .output
    case .convolution: .convolutionOutput
    case .deltaNet: .deltaOutput
    }
  }
}
