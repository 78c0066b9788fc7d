import CleaveModel

/// The experts' weights as gpt-oss stores them: gate and up in one tensor, their rows taking turns. Floats are
/// transposed; MXFP4 is not.
enum JoinedExperts {
  static let gateUp = "mlp.experts.gate_up_proj"
  static let down = "mlp.experts.down_proj"
  static let bias = "_bias"

  /// Where a weight of the experts is; nil for every other.
  ///
  /// - Parameter isQuantized: whether the matrices are stored in blocks, and not as floats.
  static func location(
    of weight: BlockWeight, in model: ModelConfiguration, layer: String, isQuantized: Bool
  ) -> WeightLocation? {
    guard let experts = model.block.experts else { return nil }
    let isGateUp = [.expertGate, .expertUp, .expertGateBias, .expertUpBias].contains(weight)
    guard isGateUp || weight == .expertDown || weight == .expertDownBias else { return nil }
    let rows = isGateUp ? model.intermediateSize : model.hiddenSize
    let inputs = isGateUp ? model.hiddenSize : model.intermediateSize
    let parts = isGateUp ? 2 : 1
    let part = [.expertUp, .expertUpBias].contains(weight) ? 1 : 0
    let name = "\(layer).\(isGateUp ? gateUp : down)"
    let order: @Sendable (Int) -> Int = { row in
      row / rows * (parts * rows) + parts * (row % rows) + part
    }
    if weight.isBias {
      var location = WeightLocation([name + bias])
      location.shape = [experts.count, parts * rows]
      location.rowOrder = order
      return location
    }
    if isQuantized {
      var location = WeightLocation(["\(name).weight"])
      location.rows = (0, experts.count * parts * rows)
      location.rowOrder = order
      return location
    }
    var location = WeightLocation([name])
    location.shape = [experts.count, inputs, parts * rows]
    location.columns = TransposedRows(
      experts: experts.count, first: part, step: parts, width: parts * rows)
    return location
  }
}
