import CleaveModel

/// A Hugging Face model directory: config.json, tokenizer files, safetensors whole or sharded.
struct HuggingFaceCheckpoint: Checkpoint {
  let source: String
  let configuration: ModelConfiguration
  let tokenizer: ImportedTokenizer
  private let weights: SafetensorsSet

  init(directory: String) throws {
    source = directory
    let config = try FileSystem.readJSON("\(directory)/config.json", limit: 1 << 24)
    configuration = try HuggingFaceConfiguration.read(config)
    tokenizer = try HuggingFaceTokenizer.read(
      directory: directory, config: config, vocabularySize: configuration.vocabularySize)
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

  func checkpointName(of weight: WeightName) -> String {
    switch weight {
    case .tokenEmbedding: "model.embed_tokens.weight"
    case .finalNorm: "model.norm.weight"
    case .head: "lm_head.weight"
    case .block(let index, let part): "model.layers.\(index).\(part.huggingFaceName).weight"
    }
  }

  func tensor(named name: String) throws -> Tensor? { try weights.tensor(named: name) }

  func weightSource(_ tensor: Tensor, for weight: WeightName) -> WeightSource {
    WeightSource(tensor, name: weight.text)
  }

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
        file: source, place: "lm_head.weight", found: "a head that differs from the embedding",
        expected: "no head, or the same bytes, when tie_word_embeddings is true")
    }
  }
}

extension BlockWeight {
  var huggingFaceName: String {
    switch self {
    case .attentionNorm: "input_layernorm"
    case .query: "self_attn.q_proj"
    case .key: "self_attn.k_proj"
    case .value: "self_attn.v_proj"
    case .output: "self_attn.o_proj"
    case .feedForwardNorm: "post_attention_layernorm"
    case .gate: "mlp.gate_proj"
    case .up: "mlp.up_proj"
    case .down: "mlp.down_proj"
    }
  }
}
