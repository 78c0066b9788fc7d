import CleaveModel
import CleaveStorage

/// A Hugging Face model directory: config.json, tokenizer files, safetensors whole or sharded.
struct HuggingFaceCheckpoint: Checkpoint {
  let source: String
  let configuration: ModelConfiguration
  let tokenizer: ImportedTokenizer
  private let weights: SafetensorsSet
  private let form: HuggingFaceForm

  init(directory: String, keepsTemplate: Bool = true) throws {
    source = directory
    let config = try FileSystem.readJSON("\(directory)/config.json", limit: 1 << 24)
    configuration = try HuggingFaceConfiguration.read(config)
    form = try HuggingFaceConfiguration.family(config).huggingFace
    tokenizer = try HuggingFaceTokenizer.read(
      directory: directory, config: config, vocabularySize: configuration.vocabularySize,
      keepsTemplate: keepsTemplate)
    weights = try SafetensorsSet(directory: directory)
  }

  var files: [String] {
    (["config.json", "tokenizer.json"] + HuggingFaceTokenizer.besides + [SafetensorsSet.index])
      .map { "\(source)/\($0)" }.filter(FileSystem.exists) + weights.paths
  }

  /// Old checkpoints store each block's RoPE frequencies, which follow from the configuration; a tied
  /// model may store its embedding a second time as its head.
  var tensorNames: Set<String> {
    weights.names.filter {
      !$0.hasSuffix(".rotary_emb.inv_freq")
        && !(configuration.tiedEmbeddings && $0 == "lm_head.weight")
    }
  }

  func location(of weight: WeightName) -> WeightLocation {
    switch weight {
    case .tokenEmbedding: return WeightLocation(["model.embed_tokens.weight"])
    case .head: return WeightLocation(["lm_head.weight"])
    case .finalNorm:
      var location = WeightLocation(["model.norm.weight"])
      location.offset = form.normOffset
      return location
    case .block(let index, let part): return self.location(of: part, inLayer: index)
    }
  }

  private func location(of weight: BlockWeight, inLayer index: Int) -> WeightLocation {
    let layer = "model.layers.\(index)"
    var location: WeightLocation
    if let fused = form.fused.location(of: weight, in: configuration) {
      location = WeightLocation(["\(layer).\(fused.name)"])
      location.rows = fused.rows
    } else {
      location = WeightLocation(
        form.tensors(of: weight, experts: configuration.block.experts?.count ?? 0).map {
          "\(layer).\($0)"
        })
    }
    if weight.isVector, !weight.isBias { location.offset = form.normOffset }
    if weight.isRotated, let pairs = configuration.rope.rotatedPairs {
      location.rowOrder = HeadRows.partial(configuration.headDimension, rotated: pairs)
    }
    return location
  }

  func tensor(named name: String) throws -> Tensor? { try weights.tensor(named: name) }

  /// A head stored beside a tied embedding must be that embedding, or dropping it changes the model.
  func validateDroppedTensors() throws {
    guard configuration.tiedEmbeddings, let head = try weights.tensor(named: "lm_head.weight"),
      let embedding = try weights.tensor(named: "model.embed_tokens.weight")
    else { return }
    let same =
      head.type == embedding.type && head.shape == embedding.shape
      && head.withBytes { left in embedding.withBytes { left.elementsEqual($0) } }
    guard same else {
      throw InputError(
        file: source, location: "lm_head.weight", found: "a head that differs from the embedding",
        expected: "no head, or the same bytes, when tie_word_embeddings is true")
    }
  }
}

extension HuggingFaceForm {
  /// The tensors of a layer that a weight is made of, by their names in it.
  func tensors(of weight: BlockWeight, experts: Int) -> [String] {
    let name = name(of: weight)
    guard let star = name.firstIndex(of: "*") else { return [name] }
    let (before, after) = (name[..<star], name[name.index(after: star)...])
    return (0..<experts).map { "\(before)\($0)\(after)" }
  }
}

extension BlockWeight {
  /// As Llama has it, and the names that most families give to what a Llama has not.
  var huggingFaceName: String {
    switch self {
    case .attentionNorm: "input_layernorm.weight"
    case .query: "self_attn.q_proj.weight"
    case .key: "self_attn.k_proj.weight"
    case .value: "self_attn.v_proj.weight"
    case .queryBias: "self_attn.q_proj.bias"
    case .keyBias: "self_attn.k_proj.bias"
    case .valueBias: "self_attn.v_proj.bias"
    case .queryNorm: "self_attn.q_norm.weight"
    case .keyNorm: "self_attn.k_norm.weight"
    case .output: "self_attn.o_proj.weight"
    case .outputBias: "self_attn.o_proj.bias"
    case .postAttentionNorm: "post_attention_norm.weight"
    case .feedForwardNorm: "post_attention_layernorm.weight"
    case .gate: "mlp.gate_proj.weight"
    case .up: "mlp.up_proj.weight"
    case .down: "mlp.down_proj.weight"
    case .router: "mlp.gate.weight"
    case .expertGate: "mlp.experts.*.gate_proj.weight"
    case .expertUp: "mlp.experts.*.up_proj.weight"
    case .expertDown: "mlp.experts.*.down_proj.weight"
    case .postFeedForwardNorm: "post_feed_forward_norm.weight"
    }
  }
}
