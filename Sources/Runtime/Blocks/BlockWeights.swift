import CleaveModel
import CleaveStorage

/// The mapped weights of one transformer block. Those that its form leaves out are nil.
struct BlockWeights: Sendable {
  let attentionNorm: Norm?
  /// The input projections. Of attention: query `[heads * headDimension, hidden]`, key and value `[kvHeads *
  /// headDimension, hidden]`, and where there is one the gate of the output, as wide as the query.
  let inputs: [Matrix]
  /// The biases of query, key and value, `[rows]` of each; empty where the form has none.
  let queryKeyValueBias: [[Float]]
  let queryNorm: Norm?  // of headDimension, or heads * headDimension
  let keyNorm: Norm?  // of headDimension, or kvHeads * headDimension
  /// What stands in the place of attention; nil for a block with attention.
  let state: StateMixer?
  let output: Matrix  // [hidden, what the mixer gives]
  let outputBias: [Float]?  // [hidden]
  let attentionSinks: [Float]?  // [heads]
  let postAttentionNorm: Norm?
  /// What the feed-forward network reads through: where the parts share a norm, that of attention.
  let feedForwardNorm: Norm?
  let feedForward: FeedForward
  let postFeedForwardNorm: Norm?

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
    func norm(_ weight: BlockWeight, bias: BlockWeight? = nil) throws -> Norm? {
      try vector(weight).map {
        Norm(weight: $0, bias: try bias.flatMap(vector), configuration)
      }
    }
    func headNorm(_ weight: BlockWeight) throws -> Norm? {
      try vector(weight).map { Norm(weight: $0, kind: .rms, configuration) }
    }
    attentionNorm = try norm(.attentionNorm, bias: .attentionNormBias)
    inputs = try Self.inputs(mixer).filter(parts.contains).map { Matrix(try tensor($0)) }
    queryKeyValueBias = try [.queryBias, .keyBias, .valueBias].compactMap(vector)
    queryNorm = try headNorm(.queryNorm)
    keyNorm = try headNorm(.keyNorm)
    state = try StateMixer(mixer, configuration, tensor)
    output = Matrix(try tensor(Self.output(mixer)))
    outputBias = try vector(.outputBias)
    attentionSinks = try vector(.attentionSinks)
    postAttentionNorm = try norm(.postAttentionNorm)
    feedForwardNorm =
      configuration.block.parallel == .sharedNorm
      ? attentionNorm : try norm(.feedForwardNorm, bias: .feedForwardNormBias)
    feedForward = try FeedForward(configuration, tensor)
    postFeedForwardNorm = try norm(.postFeedForwardNorm)
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
