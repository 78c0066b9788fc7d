import CleaveStorage

/// The types of all matrices chosen for a number of bits per weight. Each matrix is quantized
/// coarsely by itself to measure its effect on the model's output, and a knapsack spends the bytes
/// where they reduce the divergence most.
package struct Allocation: Sendable {
  /// The type chosen for one matrix, with the measurement behind it.
  package struct Choice: Sendable {
    package let name: String
    package let type: TensorType
    /// The mean KL divergence per position in nats, with only this matrix quantized as `probe`.
    package let divergence: Double
    package let probe: TensorType
    /// The divergence predicted for `type`.
    package let predicted: Double
  }

  package let choices: [Choice]
  /// The number of tokens on which divergences were measured.
  package let tokens: Int

  /// The chosen types by matrix name.
  package var types: [String: TensorType] {
    Dictionary(uniqueKeysWithValues: choices.map { ($0.name, $0.type) })
  }

  /// The sum of predicted divergences over all matrices: they are small and nearly independent.
  package var predictedDivergence: Double { choices.reduce(0) { $0 + $1.predicted } }
}

extension Allocation {
  package var json: JSON {
    [
      "tokens": .integer(Int64(tokens)), "predicted_divergence": .real(predictedDivergence),
      "tensors": .array(
        choices.map { choice in
          [
            "name": .string(choice.name), "type": .string(choice.type.rawValue),
            "probe": .string(choice.probe.rawValue), "divergence": .real(choice.divergence),
            "predicted": .real(choice.predicted),
          ]
        }),
    ]
  }
}
