/// The weights of one transformer block, in the order they are used. The block's form says which of them
/// it has.
package enum BlockWeight: String, CaseIterable, Sendable {
  case attentionNorm = "attention_norm"
  case query = "attention.query"
  case key = "attention.key"
  case value = "attention.value"
  case queryBias = "attention.query.bias"
  case keyBias = "attention.key.bias"
  case valueBias = "attention.value.bias"
  /// The weight of the norm of a query head, `[head dimension]`: the same for all heads. Of a norm over all of them
  /// `[heads * head dimension]`.
  case queryNorm = "attention.query_norm"
  case keyNorm = "attention.key_norm"
  case output = "attention.output"
  case outputBias = "attention.output.bias"
  case postAttentionNorm = "post_attention_norm"
  case feedForwardNorm = "feed_forward_norm"
  case gate = "feed_forward.gate"
  case up = "feed_forward.up"
  case down = "feed_forward.down"
  case router = "experts.router"
  /// The gate matrices of all experts, one after another.
  case expertGate = "experts.gate"
  case expertUp = "experts.up"
  case expertDown = "experts.down"
  case postFeedForwardNorm = "post_feed_forward_norm"

  /// The name in artifacts, after the block's.
  package var text: String { isBias ? rawValue : "\(rawValue).weight" }

  /// The weights of a block of this form.
  package static func all(in form: BlockForm) -> [BlockWeight] {
    allCases.filter { $0.isPart(of: form) }
  }

  private func isPart(of form: BlockForm) -> Bool {
    switch self {
    case .query, .key, .value, .output: true
    case .attentionNorm, .feedForwardNorm: form.preNorms
    case .queryBias, .keyBias, .valueBias: form.queryKeyValueBias
    case .outputBias: form.outputBias
    case .queryNorm, .keyNorm: form.queryKeyNorm
    case .postAttentionNorm, .postFeedForwardNorm: form.postNorms
    case .gate, .up, .down: form.experts == nil
    case .router, .expertGate, .expertUp, .expertDown: form.experts != nil
    }
  }

  package var isBias: Bool {
    [.queryBias, .keyBias, .valueBias, .outputBias].contains(self)
  }

  /// Whether this is a norm or a bias: a vector that the engine reads as float32.
  package var isVector: Bool {
    switch self {
    case .attentionNorm, .feedForwardNorm, .queryNorm, .keyNorm, .postAttentionNorm,
      .postFeedForwardNorm:
      true
    default: isBias
    }
  }

  /// Whether no quantizer puts it in blocks: vectors, and the router, whose small errors send tokens to
  /// other experts.
  package var staysFloat: Bool { isVector || self == .router }

  /// The shape, rows (outputs) first.
  func shape(in configuration: ModelConfiguration) -> [Int] {
    let hidden = configuration.hiddenSize
    let experts = configuration.block.experts?.count ?? 0
    return switch self {
    case .attentionNorm, .feedForwardNorm, .outputBias, .postAttentionNorm, .postFeedForwardNorm:
      [hidden]
    case .query: [configuration.querySize, hidden]
    case .key, .value: [configuration.kvSize, hidden]
    case .queryBias: [configuration.querySize]
    case .keyBias, .valueBias: [configuration.kvSize]
    case .queryNorm where configuration.block.wholeQueryKeyNorm: [configuration.querySize]
    case .keyNorm where configuration.block.wholeQueryKeyNorm: [configuration.kvSize]
    case .queryNorm, .keyNorm: [configuration.headDimension]
    case .output: [hidden, configuration.querySize]
    case .gate, .up: [configuration.intermediateSize, hidden]
    case .down: [hidden, configuration.intermediateSize]
    case .router: [experts, hidden]
    case .expertGate, .expertUp: [experts * configuration.intermediateSize, hidden]
    case .expertDown: [experts * hidden, configuration.intermediateSize]
    }
  }
}
