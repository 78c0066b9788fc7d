import CleaveModel
import CleaveStorage

extension WeightSource {
  /// Joins vectors, as biases of queries, keys and values, into one of float32.
  ///
  /// - Parameters:
  ///   - parts: in the order of the file.
  ///   - rowOrder: maps each element to write to that of the artifact, where RoPE rotates the weight; nil for the same.
  static func joined(
    _ parts: [(weight: BlockWeight, tensor: Tensor)], rowOrder: (@Sendable (Int) -> Int)?,
    name: String
  ) throws -> WeightSource {
    let values = try parts.flatMap { part in
      let values = try part.tensor.widened()
      guard part.weight.isRotated, let order = rowOrder else { return values }
      return values.indices.map { values[order($0)] }
    }
    return .floats(values, name: name)
  }
}
