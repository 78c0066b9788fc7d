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
    let kinds = exit.tailAttention(in: configuration)
    let parts = Self.parts(exit, tensors, configuration)
    tail = BlockCosts(configuration, on: costs)
    for (block, kind) in kinds.enumerated() {
      tail.append(parts[.tail(block)] ?? [], attention: kind)
    }
    map.append((parts[.map] ?? []).matrices)
    body.append((parts[.body] ?? []).matrices)
    let hidden = Double(configuration.hiddenSize)
    let mlp = exit.body == .mlp ? hidden + Double(configuration.intermediateSize) : 0
    values = (exit.body.map == nil ? 0 : hidden, mlp + (exit.body.readout == nil ? 0 : hidden))
    self.head = head
    self.costs = costs
  }

  /// What is summed by itself.
  private enum Part: Hashable {
    case map, body
    case tail(Int)
  }

  /// The records of the tensors of each part. Every name is looked up once: a tail may have thousands of blocks.
  private static func parts(
    _ exit: ExitRecord, _ tensors: [TensorRecord], _ configuration: ModelConfiguration
  ) -> [Part: [TensorRecord]] {
    let hasTail = exit.body.tailBlocks > 0
    var names: [String: Part] = [:]
    for weight in exit.weights(in: configuration) {
      switch weight {
      case .affine: names[exit.name(of: weight)] = hasTail ? .map : .body
      case .readout, .mlp: names[exit.name(of: weight)] = .body
      case .tail(let block, _): names[exit.name(of: weight)] = .tail(block)
      case .norm, .normBias: break
      }
    }
    var parts: [Part: [TensorRecord]] = [:]
    for tensor in tensors {
      if let part = names[tensor.name] { parts[part, default: []].append(tensor) }
    }
    return parts
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
