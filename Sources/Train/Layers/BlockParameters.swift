import CleaveModel

/// The parameters of one trained block, by the weights of its form.
struct BlockParameters {
  private let parameters: Parameters
  private let weights: Set<BlockWeight>
  private let name: (BlockWeight) -> String

  /// - Parameter name: the parameter that is a weight of the block.
  init(_ parameters: Parameters, _ form: BlockForm, name: @escaping (BlockWeight) -> String) {
    self.parameters = parameters
    weights = Set(BlockWeight.all(in: form))
    self.name = name
  }

  subscript(weight: BlockWeight) -> Parameters.Weight { parameters.weight(name(weight)) }

  /// The weight; nil where the form leaves it out.
  func optional(_ weight: BlockWeight) -> Parameters.Weight? {
    weights.contains(weight) ? self[weight] : nil
  }

  /// The norm of a part's input; nil where the form leaves it out.
  func norm(
    _ weight: BlockWeight, bias: BlockWeight, _ configuration: ModelConfiguration
  ) -> NormLayer? {
    optional(weight).map { NormLayer(weight: $0, bias: optional(bias), configuration) }
  }

  /// Several matrices as one.
  func stacked(_ matrices: [BlockWeight]) -> Parameters.Weight {
    parameters.stacked(matrices.map(name))
  }

  /// Several vectors as one; nil where the form leaves them out.
  func joined(_ vectors: [BlockWeight]) -> Parameters.Weight? {
    vectors.allSatisfy(weights.contains) ? parameters.joined(vectors.map(name)) : nil
  }
}
