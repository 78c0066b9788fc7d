import CleaveStorage

/// The cost of a norm and an unembedding.
struct UnembeddingCost: Sendable {
  private let matrix: TensorRecord
  private let hidden: Int
  private let costs: ProcessorCosts

  init(_ matrix: TensorRecord, _ configuration: ModelConfiguration, on costs: ProcessorCosts) {
    self.matrix = matrix
    hidden = configuration.hiddenSize
    self.costs = costs
  }

  /// Seconds for so many rows that are read together.
  func seconds(rows: Int) -> Double {
    guard rows > 0 else { return 0 }
    let (vocabulary, count) = (Double(matrix.shape.first ?? 0), Double(rows))
    return vocabulary * Double(hidden) * costs.weight(matrix.type, columns: count)
      + count * (Double(hidden) * costs.value + vocabulary * costs.logit)
  }
}
