import CleaveStorage

extension ModelConfiguration {
  /// The bounds of dimensions, far above every known model and far below where a product of two could overflow.
  static let largestDimension = 1 << 24
  static let largestBlockCount = 4096
  static let largestContext = 1 << 30
  static let largestExpertCount = 4096
  /// Bytes of the keys and values of one block, with which those of all blocks and tails can be added.
  static let largestCache = 1 << 49
  /// The bounds of caps, within which a number can be divided by one.
  static let leastCap: Float = 1e-3
  static let largestCap: Float = 1e6

  /// Checks what the engine relies on, wherever the configuration came from.
  ///
  /// - Parameters:
  ///   - file, location: name the source in errors.
  /// - Throws: `InputError` for a field that the engine could not run.
  package func validate(file: String, location: String) throws {
    func refuse(_ name: String, _ found: Any, _ expected: String) -> InputError {
      InputError(file: file, location: "\(location)\(name)", found: "\(found)", expected: expected)
    }
    // Ranges first: what follows divides and multiplies.
    for (name, value, largest) in bounded where !(1...largest).contains(value) {
      throw refuse(name, value, "from 1 to \(largest)")
    }
    guard headCount % kvHeadCount == 0 else {
      throw refuse("kv_head_count", kvHeadCount, "a divisor of the \(headCount) query heads")
    }
    guard headDimension % 2 == 0 else {
      throw refuse("head_dimension", headDimension, "an even number, which RoPE rotates in pairs")
    }
    guard querySize <= Self.largestDimension else {
      throw refuse("head_count", "\(headCount) x \(headDimension)", "at most 2^24 in all")
    }
    guard normEpsilon > 0, normEpsilon < 1 else {
      throw refuse("norm_epsilon", normEpsilon, "between 0 and 1")
    }
    for rope in ropes { try rope.validate(headDimension: headDimension, refuse) }
    try validateWindow(refuse)
    let positions = max(contextLength, window?.size ?? 0)
    guard 2 * kvSize * MemoryLayout<Float>.size <= Self.largestCache / positions else {
      throw refuse(
        "context_length", "\(positions) positions of \(kvSize) keys and values",
        "at most 2^49 bytes of them in a block")
    }
    if let positions = learnedPositions {
      guard (contextLength...Self.largestContext).contains(positions) else {
        throw refuse(
          "position_embeddings", positions,
          "from \(contextLength), the context length, to \(Self.largestContext)")
      }
    }
    guard !headBias || !tiedEmbeddings else {
      throw refuse("head_bias", true, "false, where tied_embeddings is set")
    }
    try validateMixers(refuse)
    guard areBlocks(unrotatedBlocks) else {
      throw refuse(
        "blocks_without_rope", unrotatedBlocks.prefix(16),
        "rising indices of some of the \(blockCount) blocks")
    }
    guard residualScale > 0, residualScale.isFinite else {
      throw refuse("residual_scale", residualScale, "a number above 0")
    }
    guard !block.wholeQueryKeyNorm || block.queryKeyNorm else {
      throw refuse("block.qk_norm_whole", true, "false, where block.qk_norm is not set")
    }
    try validateForm(refuse)
    if let scaling = queryScaling {
      guard scaling.beta > 0, Float(scaling.beta).isFinite, scaling.originalContext > 0 else {
        throw refuse("query_scaling.beta", scaling.beta, "a number above 0 within float32")
      }
    }
    try validateExperts(refuse)
    for (name, cap) in [("attention_cap", attentionCap), ("logits_cap", logitsCap)] {
      guard let cap, !(Self.leastCap...Self.largestCap).contains(cap) else { continue }
      throw refuse(name, cap, "from \(Self.leastCap) to \(Self.largestCap)")
    }
    guard embeddingScale > 0, embeddingScale.isFinite else {
      throw refuse("embedding_scale", embeddingScale, "a number above 0")
    }
    guard attentionScale.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw refuse("attention_scale", attentionScale ?? 0, "a number above 0")
    }
  }

  typealias Refuse = (_ name: String, _ found: String, _ expected: String) -> InputError

  private func validateWindow(_ refuse: Refuse) throws {
    guard let window else { return }
    guard (1...Self.largestContext).contains(window.size) else {
      throw refuse("sliding_window.size", "\(window.size)", "from 1 to \(Self.largestContext)")
    }
    guard !window.blocks.isEmpty, areBlocks(window.blocks) else {
      throw refuse(
        "sliding_window.blocks", "\(window.blocks.prefix(16))",
        "rising indices of some of the \(blockCount) blocks")
    }
  }

  /// Refuses forms of blocks that the engine does not compute.
  private func validateForm(_ refuse: Refuse) throws {
    let faults = [
      ("norm_bias", block.normBias && block.norm == .rms, "false, where block.norm is rms"),
      ("norm", block.norm == .layer && block.queryKeyNorm, "rms, where block.qk_norm is set"),
      ("norm", block.norm == .layer && block.postNorms, "rms, where block.post_norms is set"),
      ("parallel", block.parallel != nil && !block.preNorms, "none, without block.pre_norms"),
      ("gated", !block.gated && block.experts != nil, "true, where block.experts is set"),
      (
        "feed_forward_bias", block.feedForwardBias && block.experts?.sharedSize != nil,
        "false, where block.experts.shared_size is set"
      ),
      (
        "gate_clamp", block.gateClamp != nil && (!block.gated || block.activation != .silu),
        "none, where block.gated is false or block.activation is not silu"
      ),
      (
        "gate_clamp",
        block.gateClamp.map {
          !($0.slope > 0 && $0.slope.isFinite && $0.limit > 0 && $0.limit.isFinite)
        } ?? false, "a slope and a limit above 0 within float32"
      ),
    ]
    for (name, isFault, expected) in faults where isFault {
      throw refuse("block.\(name)", "another", expected)
    }
  }

  /// Whether these are indices of blocks in rising order.
  func areBlocks(_ indices: [Int]) -> Bool {
    zip(indices, indices.dropFirst()).allSatisfy(<)
      && (indices.first ?? 0) >= 0 && (indices.last ?? 0) < blockCount
  }

  private func validateExperts(_ refuse: Refuse) throws {
    guard let experts = block.experts else { return }
    guard (1...Self.largestExpertCount).contains(experts.count) else {
      throw refuse(
        "block.experts.count", "\(experts.count)", "from 1 to \(Self.largestExpertCount)")
    }
    guard (1...experts.count).contains(experts.perToken) else {
      throw refuse("block.experts.per_token", "\(experts.perToken)", "from 1 to \(experts.count)")
    }
    if let shared = experts.sharedSize, !(1...Self.largestDimension).contains(shared) {
      throw refuse(
        "block.experts.shared_size", "\(shared)", "from 1 to \(Self.largestDimension)")
    }
    let rows = experts.count * max(hiddenSize, intermediateSize)
    guard rows <= Self.largestDimension else {
      throw refuse(
        "block.experts.count", "\(experts.count) experts: \(rows) rows", "at most 2^24 in all")
    }
  }

  /// The integer fields, under their names in a manifest, with the largest value of each.
  private var bounded: [(name: String, value: Int, largest: Int)] {
    [
      ("hidden_size", hiddenSize, Self.largestDimension),
      ("head_count", headCount, Self.largestDimension),
      ("kv_head_count", kvHeadCount, Self.largestDimension),
      ("head_dimension", headDimension, Self.largestDimension),
      ("intermediate_size", intermediateSize, Self.largestDimension),
      ("vocabulary_size", vocabularySize, Self.largestDimension),
      ("block_count", blockCount, Self.largestBlockCount),
      ("context_length", contextLength, Self.largestContext),
    ]
  }
}
