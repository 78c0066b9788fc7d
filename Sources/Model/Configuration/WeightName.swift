/// Every weight a model has, with its name in artifacts and its shape. Importers map checkpoint names
/// to these; nothing else knows a tensor by its text.
package enum WeightName: Hashable, Sendable {
  case tokenEmbedding
  /// What is added to the embeddings of tokens by their positions.
  case positionEmbedding
  case block(Int, BlockWeight)
  case finalNorm
  case finalNormBias
  /// The unembedding of a model whose head is not tied to its embedding.
  case head
  /// What is added to the logits.
  case headBias

  package var text: String {
    switch self {
    case .tokenEmbedding: "token_embedding.weight"
    case .positionEmbedding: "position_embedding.weight"
    case .block(let index, let weight): "blocks.\(index).\(weight.text)"
    case .finalNorm: "final_norm.weight"
    case .finalNormBias: "final_norm.bias"
    case .head: "head.weight"
    case .headBias: "head.bias"
    }
  }

  /// The shape, rows (outputs) first, as in PyTorch's Linear.
  package func shape(in configuration: ModelConfiguration) -> [Int] {
    switch self {
    case .tokenEmbedding, .head: [configuration.vocabularySize, configuration.hiddenSize]
    case .positionEmbedding: [configuration.learnedPositions ?? 0, configuration.hiddenSize]
    case .headBias: [configuration.vocabularySize]
    case .finalNorm, .finalNormBias: [configuration.hiddenSize]
    case .block(_, let weight): weight.shape(in: configuration)
    }
  }

  /// Whether this is a norm or a bias, which the engine reads as float32.
  package var isVector: Bool {
    switch self {
    case .finalNorm, .finalNormBias, .headBias: true
    case .block(_, let weight): weight.isVector
    case .tokenEmbedding, .positionEmbedding, .head: false
    }
  }

  /// Whether no quantizer puts it in blocks. Embeddings of positions are few rows, which every text reads.
  package var staysFloat: Bool {
    if case .block(_, let weight) = self { return weight.staysFloat }
    return isVector || self == .positionEmbedding
  }

  /// All the weights of a model, in the order they are used.
  package static func all(in configuration: ModelConfiguration) -> [WeightName] {
    embeddingFile(in: configuration)
      + (0..<configuration.blockCount).flatMap { block($0, in: configuration) }
      + headFile(in: configuration)
  }

  /// The weights of the file of the embeddings.
  package static func embeddingFile(in configuration: ModelConfiguration) -> [WeightName] {
    [.tokenEmbedding] + (configuration.learnedPositions == nil ? [] : [.positionEmbedding])
  }

  /// The weights of one block.
  package static func block(_ index: Int, in configuration: ModelConfiguration) -> [WeightName] {
    BlockWeight.all(in: configuration.block, configuration.mixer(ofBlock: index)).map {
      .block(index, $0)
    }
  }

  /// The weights of the file of the final norm and the head.
  package static func headFile(in configuration: ModelConfiguration) -> [WeightName] {
    [.finalNorm] + (configuration.block.normBias ? [.finalNormBias] : [])
      + (configuration.tiedEmbeddings ? [] : [.head])
      + (configuration.headBias ? [.headBias] : [])
  }
}
