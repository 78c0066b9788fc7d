import CleaveStorage

extension ModelConfiguration {
  private static let members = [
    "architecture", "hidden_size", "block_count", "head_count", "kv_head_count", "head_dimension",
    "intermediate_size", "vocabulary_size", "context_length", "norm_epsilon", "rope",
    "tied_embeddings", "block", "sliding_window", "embedding_scale", "attention_scale",
    "residual_scale", "blocks_without_rope", "query_scaling", "attention_cap", "logits_cap",
    "short_convolution", "delta_net", "position_embeddings", "head_bias",
  ]

  init(_ node: JSONNode) throws {
    // A setting passed over would be another model.
    try node.allow(only: Self.members)
    func int(_ name: String) throws -> Int { try node.required(name).int() }
    let architectureNode = try node.required("architecture")
    let architecture = try architectureNode.string()
    guard Self.isName(architecture) else {
      throw architectureNode.refuse(expected: "a name of letters, digits, - and _")
    }
    self.init(
      architecture: architecture, hiddenSize: try int("hidden_size"),
      blockCount: try int("block_count"), headCount: try int("head_count"),
      kvHeadCount: try int("kv_head_count"), headDimension: try int("head_dimension"),
      intermediateSize: try int("intermediate_size"), vocabularySize: try int("vocabulary_size"),
      contextLength: try int("context_length"),
      normEpsilon: Float(try node.required("norm_epsilon").positiveNumber()),
      rope: try RoPE(try node.required("rope")),
      tiedEmbeddings: try node.required("tied_embeddings").bool())
    if let form = try node.optional("block") { block = try BlockForm(form) }
    window = try node.optional("sliding_window").map(SlidingWindow.init)
    if let scale = try node.optional("embedding_scale") {
      embeddingScale = Float(try scale.positiveNumber())
    }
    attentionScale = try node.optional("attention_scale").map { Float(try $0.positiveNumber()) }
    attentionCap = try node.optional("attention_cap").map { Float(try $0.positiveNumber()) }
    logitsCap = try node.optional("logits_cap").map { Float(try $0.positiveNumber()) }
    if let scale = try node.optional("residual_scale") {
      residualScale = Float(try scale.positiveNumber())
    }
    if let blocks = try node.optional("blocks_without_rope") {
      unrotatedBlocks = try blocks.elements().map { try $0.int() }
    }
    queryScaling = try node.optional("query_scaling").map(QueryScaling.init)
    convolution = try node.optional("short_convolution").map(ShortConvolution.init)
    deltaNet = try node.optional("delta_net").map(DeltaNet.init)
    headBias = try node.optional("head_bias")?.bool() ?? false
    learnedPositions = try node.optional("position_embeddings")?.int()
    try validate(file: node.file, location: "\(node.path).")
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// The members of a manifest. What a Llama does not have is named only where it is there, so that older
  /// models keep their bytes.
  package var json: JSON {
    guard case .object(var object) = plainJSON else { return plainJSON }
    if !block.isPlain { object["block"] = block.json }
    object["sliding_window"] = window?.json
    if embeddingScale != 1 { object["embedding_scale"] = Self.json(embeddingScale) }
    object["attention_scale"] = attentionScale.map(Self.json)
    object["attention_cap"] = attentionCap.map(Self.json)
    object["logits_cap"] = logitsCap.map(Self.json)
    if residualScale != 1 { object["residual_scale"] = Self.json(residualScale) }
    if !unrotatedBlocks.isEmpty {
      object["blocks_without_rope"] = .array(unrotatedBlocks.map { .integer(Int64($0)) })
    }
    object["query_scaling"] = queryScaling?.json
    object["short_convolution"] = convolution?.json
    object["delta_net"] = deltaNet?.json
    if headBias { object["head_bias"] = true }
    object["position_embeddings"] = learnedPositions.map { .integer(Int64($0)) }
    return .object(object)
  }

  /// The shortest decimal that gives the float32, which is shorter than that of its double.
  private static func json(_ value: Float) -> JSON {
    .real(Double(value.description) ?? Double(value))
  }

  private var plainJSON: JSON {
    func int(_ value: Int) -> JSON { .integer(Int64(value)) }
    return [
      "architecture": .string(architecture), "hidden_size": int(hiddenSize),
      "block_count": int(blockCount), "head_count": int(headCount),
      "kv_head_count": int(kvHeadCount), "head_dimension": int(headDimension),
      "intermediate_size": int(intermediateSize), "vocabulary_size": int(vocabularySize),
      "context_length": int(contextLength),
      "norm_epsilon": Self.json(normEpsilon),
      "rope": rope.json, "tied_embeddings": .bool(tiedEmbeddings),
    ]
  }
}
