/// Every weight a model has, with its name in artifacts and its shape. Importers map checkpoint names
/// to these; nothing else knows a tensor by its text.
public enum WeightName: Hashable, Sendable {
  case tokenEmbedding
  case block(Int, BlockWeight)
  case finalNorm
  /// The unembedding of a model whose head is not tied to its embedding.
  case head

  public var text: String {
    switch self {
    case .tokenEmbedding: "token_embedding.weight"
    case .block(let index, let weight): "blocks.\(index).\(weight.rawValue).weight"
    case .finalNorm: "final_norm.weight"
    case .head: "head.weight"
    }
  }

  /// Rows (outputs) first, as in PyTorch's Linear.
  public func shape(in configuration: ModelConfiguration) -> [Int] {
    switch self {
    case .tokenEmbedding, .head: [configuration.vocabularySize, configuration.hiddenSize]
    case .finalNorm: [configuration.hiddenSize]
    case .block(_, let weight): weight.shape(in: configuration)
    }
  }

  /// Norm weights are vectors that the engine reads as float32.
  public var isNorm: Bool {
    switch self {
    case .finalNorm, .block(_, .attentionNorm), .block(_, .feedForwardNorm): true
    default: false
    }
  }

  /// All the weights of a model, in the order they are used.
  public static func all(in configuration: ModelConfiguration) -> [WeightName] {
    [.tokenEmbedding]
      + (0..<configuration.blockCount).flatMap(block)
      + headFile(in: configuration)
  }

  /// The weights of one block.
  public static func block(_ index: Int) -> [WeightName] {
    BlockWeight.allCases.map { .block(index, $0) }
  }

  /// The weights of the file of the final norm and the head.
  public static func headFile(in configuration: ModelConfiguration) -> [WeightName] {
    configuration.tiedEmbeddings ? [.finalNorm] : [.finalNorm, .head]
  }
}

/// The weights of one transformer block, in the order they are used.
public enum BlockWeight: String, CaseIterable, Sendable {
  case attentionNorm = "attention_norm"
  case query = "attention.query"
  case key = "attention.key"
  case value = "attention.value"
  case output = "attention.output"
  case feedForwardNorm = "feed_forward_norm"
  case gate = "feed_forward.gate"
  case up = "feed_forward.up"
  case down = "feed_forward.down"

  func shape(in configuration: ModelConfiguration) -> [Int] {
    let hidden = configuration.hiddenSize
    return switch self {
    case .attentionNorm, .feedForwardNorm: [hidden]
    case .query: [configuration.querySize, hidden]
    case .key, .value: [configuration.kvSize, hidden]
    case .output: [hidden, configuration.querySize]
    case .gate, .up: [configuration.intermediateSize, hidden]
    case .down: [hidden, configuration.intermediateSize]
    }
  }
}
