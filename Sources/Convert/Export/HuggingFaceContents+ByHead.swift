import CleaveModel
import CleaveStorage

/// Tensors whose parts stand head by head.
extension HuggingFaceContents {
  /// The query matrix of attention with a gate of its output: the gates of a head behind its queries. Nil where the
  /// block has no gate.
  func gatedQuery(
    _ tensors: [(weight: BlockWeight, tensor: Tensor)], layer: String
  ) -> WeightSource? {
    let parts = [BlockWeight.query, .outputGate].compactMap { part in
      tensors.first { $0.weight == part }
    }
    guard parts.count == 2 else { return nil }
    return matrixByHead(parts, name: "\(layer).\(format.name(of: .query))")
  }

  /// Joins matrices or vectors: the rows of a head of all parts, then those of the next.
  func joinByHead(
    _ parts: [(weight: BlockWeight, tensor: Tensor)], name: String
  ) throws -> WeightSource {
    guard parts.allSatisfy(\.weight.isVector) else { return matrixByHead(parts, name: name) }
    let head = configuration.headDimension
    let values = try parts.map { part in
      let values = try part.tensor.widened()
      guard part.weight.isRotated, let order = rowOrder else { return values }
      return values.indices.map { values[order($0)] }
    }
    return .floats(
      (0..<configuration.headCount).flatMap { index in
        values.flatMap { $0[index * head..<(index + 1) * head] }
      }, name: name)
  }

  private func matrixByHead(
    _ parts: [(weight: BlockWeight, tensor: Tensor)], name: String
  ) -> WeightSource {
    let types = Set(parts.map { FloatRows($0.tensor, quantizedType).type })
    let type = types.count == 1 ? types.first ?? quantizedType : .f32
    let head = configuration.headDimension
    let order = rowOrder
    let pieces = (0..<configuration.headCount).flatMap { index in
      parts.map { part in
        FloatRows(
          part.tensor, quantizedType, as: type, rows: index * head..<(index + 1) * head,
          order: part.weight.isRotated ? order : nil)
      }
    }
    let shape = [parts.reduce(0) { $0 + $1.tensor.shape[0] }, parts[0].tensor.shape[1]]
    return WeightSource(name: name, type: type, shape: shape) { write in
      for piece in pieces { try piece.stream(write) }
    }
  }
}
