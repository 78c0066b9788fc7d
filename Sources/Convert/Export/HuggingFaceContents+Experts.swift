import CleaveModel
import CleaveStorage

extension HuggingFaceContents {
  /// The tensors of experts whose gate and up are one, and the weights that they hold; none in other families.
  func joinedExperts(
    _ tensors: [(weight: BlockWeight, tensor: Tensor)], layer: String
  ) throws -> (sources: [WeightSource], weights: [BlockWeight]) {
    guard format.joinsExperts, let experts = configuration.block.experts else { return ([], []) }
    var sources: [WeightSource] = []
    var weights: [BlockWeight] = []
    func own(_ wanted: [BlockWeight]) -> [Tensor] {
      weights += wanted
      return wanted.compactMap { part in tensors.first { $0.weight == part }?.tensor }
    }
    for (name, matrices, biases) in [
      (
        JoinedExperts.gateUp, [BlockWeight.expertGate, .expertUp], [.expertGateBias, .expertUpBias]
      ),
      (JoinedExperts.down, [.expertDown], [BlockWeight.expertDownBias]),
    ] {
      let matrices = own(matrices)
      let types = Set(matrices.map { FloatRows($0, quantizedType).type })
      let type = types.count == 1 ? types.first ?? quantizedType : .f32
      sources.append(
        TransposedRows.joined(
          matrices, experts: experts.count, takeTurns: true, type: type,
          name: "\(layer).\(name)"))
      let values = try own(biases).map { try $0.widened() }
      let turns = values[0].indices.flatMap { index in values.map { $0[index] } }
      sources.append(
        .floats(turns, name: "\(layer).\(name)\(JoinedExperts.bias)")
          .shaped(as: [experts.count, turns.count / experts.count]))
    }
    return (sources, weights)
  }
}
