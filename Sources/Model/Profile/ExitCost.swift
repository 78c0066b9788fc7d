import CleaveStorage

/// The cost of an exit: its map, its tail, and what one answer reads.
struct ExitCost: Sendable {
  private var map = WeightSums()
  private var tail: BlockCosts
  /// The readout after a tail, or an affine or feed-forward body.
  private var body = WeightSums()
  let head: UnembeddingCost
  private let values: (column: Double, row: Double)
  private let costs: ProcessorCosts

  /// - Parameter tensors: those of the exit's file.
  init(
    _ exit: ExitRecord, _ tensors: [TensorRecord], head: UnembeddingCost,
    _ configuration: ModelConfiguration, on costs: ProcessorCosts
  ) {
    func records(_ isPart: (ExitWeight) -> Bool) -> [TensorRecord] {
      let names = Set(exit.weights(in: configuration).filter(isPart).map(exit.name(of:)))
      return tensors.filter { names.contains($0.name) }
    }
    tail = BlockCosts(configuration, on: costs)
    for (block, kind) in exit.tailAttention(in: configuration).enumerated() {
      tail.append(
        records { if case .tail(block, _) = $0 { true } else { false } }, attention: kind)
    }
    let hasTail = exit.body.tailBlocks > 0
    map.append(records { if case .affine = $0 { hasTail } else { false } }.matrices)
    body.append(
      records {
        switch $0 {
        case .affine: !hasTail
        case .readout, .mlp: true
        case .tail, .norm, .normBias: false
        }
      }.matrices)
    let hidden = Double(configuration.hiddenSize)
    let mlp = exit.body == .mlp ? hidden + Double(configuration.intermediateSize) : 0
    values = (exit.body.map == nil ? 0 : hidden, mlp + (exit.body.readout == nil ? 0 : hidden))
    self.head = head
    self.costs = costs
  }

  /// Seconds of the map and the tail for `columns` positions.
  func tail(columns: Int, context: Int) -> Double {
    guard columns > 0 else { return 0 }
    return products(map, columns: columns) + Double(columns) * values.column * costs.value
      + tail.seconds(tail.all, columns: columns, context: context)
  }

  /// Seconds of what follows the tail for one answer, without norm and unembedding.
  var readout: Double { products(body, columns: 1) + values.row * costs.value }

  private func products(_ weights: WeightSums, columns: Int) -> Double {
    weights.seconds(
      0..<1, columns: Double(columns), expert: (Double(columns), 1), on: costs)
  }
}
