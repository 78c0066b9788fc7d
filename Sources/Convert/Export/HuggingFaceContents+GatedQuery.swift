import CleaveModel
import CleaveStorage

extension HuggingFaceContents {
  /// The query matrix of attention with a gate of its output: the gates of a head behind its queries. Nil where the
  /// block has no gate.
  func gatedQuery(
    _ tensors: [(weight: BlockWeight, tensor: Tensor)], layer: String
  ) -> WeightSource? {
    guard let query = tensors.first(where: { $0.weight == .query })?.tensor,
      let gate = tensors.first(where: { $0.weight == .outputGate })?.tensor
    else { return nil }
    let types = Set([query, gate].map { FloatRows($0, quantizedType).type })
    let type = types.count == 1 ? types.first ?? quantizedType : .f32
    let head = configuration.headDimension
    let order = rowOrder
    let parts = (0..<configuration.headCount).flatMap { index in
      let rows = index * head..<(index + 1) * head
      return [
        FloatRows(query, quantizedType, as: type, rows: rows, order: order),
        FloatRows(gate, quantizedType, as: type, rows: rows),
      ]
    }
    return WeightSource(
      name: "\(layer).\(format.name(of: .query))", type: type,
      shape: [2 * query.shape[0], query.shape[1]]
    ) { write in
      for part in parts { try part.stream(write) }
    }
  }
}
