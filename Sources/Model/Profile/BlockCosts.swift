import CleaveStorage

/// The costs of transformer blocks that follow one another: a model's, or those of a tail.
struct BlockCosts: Sendable {
  private let configuration: ModelConfiguration
  private let costs: ProcessorCosts
  private var weights = WeightSums()
  /// The kind of attention of each block.
  private var kinds: [AttentionKind] = []

  init(_ configuration: ModelConfiguration, on costs: ProcessorCosts) {
    self.configuration = configuration
    self.costs = costs
  }

  mutating func append(_ tensors: [TensorRecord], attention: AttentionKind) {
    weights.append(tensors.matrices)
    kinds.append(attention)
  }

  var all: Range<Int> { kinds.indices }

  /// Seconds of some of the blocks for `columns` positions, each of which attends to itself and `context` others.
  func seconds(_ blocks: Range<Int>, columns: Int, context: Int) -> Double {
    guard columns > 0 else { return 0 }
    let count = Double(columns)
    let products = weights.seconds(
      blocks, columns: count, expert: expertColumns(count), on: costs)
    let pair = costs.attention(
      query: configuration.querySize, keyAndValue: configuration.kvBytesPerBlock)
    let attended = kinds[blocks].reduce(0.0) {
      $0 + ($1.mixer == .attention ? Double(min(context + 1, $1.window ?? Int.max)) : 0)
    }
    return products + count * attended * pair
      + kinds[blocks].reduce(0.0) { $0 + count * values($1.mixer) * costs.value + costs.block }
  }

  /// The columns that an expert gets in the mean, and the share of experts that get any, as if tokens chose at random.
  private func expertColumns(_ columns: Double) -> (columns: Double, share: Double) {
    guard let experts = configuration.block.experts else { return (columns, 1) }
    let taken = Double(experts.perToken) / Double(experts.count)
    var missed = 1.0
    for _ in 0..<min(Int(columns), 4096) { missed *= 1 - taken }
    let share = 1 - missed
    return (columns * taken / share, share)
  }

  /// The numbers that norms, rotary embedding and rounding write for one column of a block.
  private func values(_ mixer: Mixer) -> Double {
    let form = configuration.block
    let attention =
      mixer == .attention
      ? configuration.querySize + 2 * configuration.kvSize : configuration.projectedSize(mixer)
    // A state is read and written twice for each position.
    let state = mixer == .deltaNet ? 2 * (configuration.deltaNet?.stateSize ?? 0) : 0
    let norms = (form.postNorms ? 4 : 2) * configuration.hiddenSize
    let gated =
      configuration.intermediateSize * (form.experts?.perToken ?? 1)
      + (form.experts?.sharedSize ?? 0)
    let normed = mixer == .attention && form.queryKeyNorm ? 2 : 1
    return Double(
      norms + attention * normed + configuration.mixedSize(mixer) + gated + state)
  }
}

extension ModelConfiguration {
  /// Bytes of the keys and values of one position in one block, in the float16 of the engine's standard cache.
  var kvBytesPerBlock: Int { 2 * kvSize * 2 }
}

extension [TensorRecord] {
  /// The matrices among them. The matrices of experts are told by their names.
  var matrices: [(type: TensorType, isExpert: Bool, count: Double)] {
    let experts = [BlockWeight.expertGate, .expertUp, .expertDown].map { ".\($0.text)" }
    return filter { $0.shape.count > 1 }.map { tensor in
      (
        tensor.type, experts.contains { tensor.name.hasSuffix($0) },
        tensor.shape.reduce(1) { $0 * Double($1) }
      )
    }
  }
}
