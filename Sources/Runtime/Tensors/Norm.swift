import CleaveModel

/// A norm of hidden states, of queries or of keys, with its weights.
struct Norm: Sendable {
  let weight: [Float]
  /// As long as the weight; nil for none.
  let bias: [Float]?
  let kind: BlockForm.NormKind
  let epsilon: Float

  /// - Parameter kind: that of the model's norms of hidden states, or RMSNorm for one of heads.
  init(
    weight: [Float], bias: [Float]? = nil, kind: BlockForm.NormKind,
    _ configuration: ModelConfiguration
  ) {
    precondition(bias.map { $0.count == weight.count } ?? true)
    self.weight = weight
    self.bias = bias
    self.kind = kind
    epsilon = configuration.normEpsilon
  }

  /// A norm of hidden states.
  init(weight: [Float], bias: [Float]?, _ configuration: ModelConfiguration) {
    self.init(weight: weight, bias: bias, kind: configuration.block.norm, configuration)
  }
}
