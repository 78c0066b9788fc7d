/// The weights of one transformer block, in the order they are used. The block's form says which of them
/// it has.
package enum BlockWeight: String, CaseIterable, Sendable {
  case attentionNorm = "attention_norm"
  case attentionNormBias = "attention_norm.bias"
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
  /// The score of each query head that takes weight and adds no value, `[heads]`.
  case attentionSinks = "attention.sinks"
  /// What the sigmoid of the gate of attention's output is taken of.
  case outputGate = "attention.output_gate"
  case output = "attention.output"
  case outputBias = "attention.output.bias"
  /// What goes into a short convolution, and what it is multiplied by before and after.
  case convolutionInputGate = "convolution.input_gate"
  case convolutionOutputGate = "convolution.output_gate"
  case convolutionInput = "convolution.input"
  /// The weights of the last positions, the own last, channel by channel: `[hidden * kernel]`.
  case convolutionKernel = "convolution.kernel"
  case convolutionOutput = "convolution.output"
  /// Queries, keys and values of a DeltaNet.
  case deltaInput = "delta.query_key_value"
  /// What the gate of its output is taken of.
  case deltaGate = "delta.gate"
  /// What says how much of a value is written to the state.
  case deltaWrite = "delta.write"
  /// What says how fast the state decays.
  case deltaDecay = "delta.decay"
  case deltaDecayBias = "delta.decay_bias"
  /// The logarithm of each head's factor of the decay.
  case deltaRate = "delta.rate"
  case deltaKernel = "delta.kernel"
  /// The weight of the norm of a value head, the same for all.
  case deltaNorm = "delta.norm"
  case deltaOutput = "delta.output"
  case postAttentionNorm = "post_attention_norm"
  case feedForwardNorm = "feed_forward_norm"
  case feedForwardNormBias = "feed_forward_norm.bias"
  case gate = "feed_forward.gate"
  case up = "feed_forward.up"
  case down = "feed_forward.down"
  case gateBias = "feed_forward.gate.bias"
  case upBias = "feed_forward.up.bias"
  case downBias = "feed_forward.down.bias"
  case router = "experts.router"
  case routerBias = "experts.router.bias"
  /// The row whose product with what the experts read is the gate of the shared expert, `[1, hidden]`.
  case sharedRouter = "experts.shared.router"
  case sharedGate = "experts.shared.gate"
  case sharedUp = "experts.shared.up"
  case sharedDown = "experts.shared.down"
  /// The gate matrices of all experts, one after another.
  case expertGate = "experts.gate"
  case expertUp = "experts.up"
  case expertDown = "experts.down"
  /// The biases of all experts, one after another.
  case expertGateBias = "experts.gate.bias"
  case expertUpBias = "experts.up.bias"
  case expertDownBias = "experts.down.bias"
  case postFeedForwardNorm = "post_feed_forward_norm"

  /// The name in artifacts, after the block's.
  package var text: String { isBias ? rawValue : "\(rawValue).weight" }

  /// The weights of a block of this form.
  package static func all(in form: BlockForm, _ mixer: Mixer = .attention) -> [BlockWeight] {
    allCases.filter { $0.isPart(of: form) && ($0.mixer ?? mixer) == mixer }
  }

  /// The mixer that the weight is part of; nil for those of every block.
  package var mixer: Mixer? {
    switch self {
    case .query, .key, .value, .queryBias, .keyBias, .valueBias, .queryNorm, .keyNorm, .output,
      .outputBias, .outputGate, .attentionSinks:
      .attention
    case .convolutionInputGate, .convolutionOutputGate, .convolutionInput, .convolutionKernel,
      .convolutionOutput:
      .convolution
    case .deltaInput, .deltaGate, .deltaWrite, .deltaDecay, .deltaDecayBias, .deltaRate,
      .deltaKernel, .deltaNorm, .deltaOutput:
      .deltaNet
    default: nil
    }
  }

  private func isPart(of form: BlockForm) -> Bool {
    switch self {
    case .attentionNorm: form.preNorms
    case .feedForwardNorm: form.preNorms && form.parallel != .sharedNorm
    case .attentionNormBias: form.normBias && form.preNorms
    case .feedForwardNormBias:
      form.normBias && form.preNorms && form.parallel != .sharedNorm
    case .outputGate: form.outputGate
    case .attentionSinks: form.attentionSinks
    case .queryBias, .keyBias, .valueBias: form.queryKeyValueBias
    case .outputBias: form.outputBias
    case .queryNorm, .keyNorm: form.queryKeyNorm
    case .postAttentionNorm, .postFeedForwardNorm: form.postNorms
    case .gate: form.experts == nil && form.gated
    case .up, .down: form.experts == nil
    case .gateBias: form.experts == nil && form.feedForwardBias && form.gated
    case .upBias, .downBias: form.experts == nil && form.feedForwardBias
    case .router, .expertGate, .expertUp, .expertDown: form.experts != nil
    case .routerBias, .expertGateBias, .expertUpBias, .expertDownBias:
      form.experts != nil && form.feedForwardBias
    case .sharedRouter, .sharedGate, .sharedUp, .sharedDown: form.experts?.sharedSize != nil
    default: true
    }
  }

  package var isBias: Bool {
    switch self {
    case .queryBias, .keyBias, .valueBias, .outputBias, .attentionNormBias, .feedForwardNormBias,
      .gateBias, .upBias, .downBias, .routerBias, .expertGateBias, .expertUpBias, .expertDownBias:
      true
    default: false
    }
  }

  /// Whether this is a norm or a bias: a vector that the engine reads as float32.
  package var isVector: Bool {
    switch self {
    case .attentionNorm, .feedForwardNorm, .queryNorm, .keyNorm, .postAttentionNorm,
      .postFeedForwardNorm, .convolutionKernel, .deltaDecayBias, .deltaRate, .deltaKernel,
      .deltaNorm, .attentionSinks:
      true
    default: isBias
    }
  }

  /// Whether this is the norm of a hidden state, or of queries and keys.
  package var isNorm: Bool {
    isVector && !isBias && self != .attentionSinks && mixer != .convolution && mixer != .deltaNet
  }

  /// Whether no quantizer puts it in blocks: vectors, the routers, whose small errors send tokens to other experts, and
  /// the few rows that say how a state decays and what is written to it.
  package var staysFloat: Bool {
    isVector || [.router, .sharedRouter, .deltaWrite, .deltaDecay].contains(self)
  }

  /// The shape, rows (outputs) first.
  func shape(in configuration: ModelConfiguration) -> [Int] {
    let hidden = configuration.hiddenSize
    let experts = configuration.block.experts?.count ?? 0
    if let net = configuration.deltaNet, let shape = shape(in: net, hidden: hidden) { return shape }
    let shared = configuration.block.experts?.sharedSize ?? 0
    return switch self {
    case .attentionNorm, .attentionNormBias, .feedForwardNorm, .feedForwardNormBias, .outputBias,
      .postAttentionNorm, .postFeedForwardNorm, .downBias:
      [hidden]
    case .query: [configuration.querySize, hidden]
    case .key, .value: [configuration.kvSize, hidden]
    case .queryBias: [configuration.querySize]
    case .keyBias, .valueBias: [configuration.kvSize]
    case .queryNorm where configuration.block.wholeQueryKeyNorm: [configuration.querySize]
    case .keyNorm where configuration.block.wholeQueryKeyNorm: [configuration.kvSize]
    case .queryNorm, .keyNorm: [configuration.headDimension]
    case .output: [hidden, configuration.querySize]
    case .outputGate: [configuration.querySize, hidden]
    case .convolutionInputGate, .convolutionOutputGate, .convolutionInput, .convolutionOutput:
      [hidden, hidden]
    case .convolutionKernel: [hidden * (configuration.convolution?.kernel ?? 0)]
    case .gate, .up: [configuration.intermediateSize, hidden]
    case .down: [hidden, configuration.intermediateSize]
    case .gateBias, .upBias: [configuration.intermediateSize]
    case .attentionSinks: [configuration.headCount]
    case .routerBias: [experts]
    case .expertGateBias, .expertUpBias: [experts * configuration.intermediateSize]
    case .expertDownBias: [experts * hidden]
    case .router: [experts, hidden]
    case .sharedRouter: [1, hidden]
    case .sharedGate, .sharedUp: [shared, hidden]
    case .sharedDown: [hidden, shared]
    case .expertGate, .expertUp: [experts * configuration.intermediateSize, hidden]
    case .expertDown: [experts * hidden, configuration.intermediateSize]
    case .deltaInput, .deltaGate, .deltaWrite, .deltaDecay, .deltaDecayBias, .deltaRate,
      .deltaKernel, .deltaNorm, .deltaOutput:
      preconditionFailure("a weight of no block of this model")
    }
  }

  /// The shape of a weight of a DeltaNet; nil for others.
  private func shape(in net: DeltaNet, hidden: Int) -> [Int]? {
    switch self {
    case .deltaInput: [net.mixedSize, hidden]
    case .deltaGate: [net.valueSize, hidden]
    case .deltaWrite, .deltaDecay: [net.valueHeads, hidden]
    case .deltaDecayBias, .deltaRate: [net.valueHeads]
    case .deltaKernel: [net.mixedSize * net.kernel]
    case .deltaNorm: [net.valueDimension]
    case .deltaOutput: [hidden, net.valueSize]
    default: nil
    }
  }
}
