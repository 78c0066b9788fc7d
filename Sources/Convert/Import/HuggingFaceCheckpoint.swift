import CleaveModel
import CleaveStorage

/// A Hugging Face model directory: config.json, tokenizer files, and one or several safetensors
/// files.
struct HuggingFaceCheckpoint: Checkpoint {
  let source: String
  let configuration: ModelConfiguration
  let tokenizer: ImportedTokenizer
  private let weights: SafetensorsSet
  private let format: HuggingFaceFormat
  private let scheme: (any QuantizationScheme)?

  init(directory: String, keepsTemplate: Bool = true) throws {
    source = directory
    let config = try FileSystem.readJSON("\(directory)/config.json", limit: 1 << 24)
    configuration = try HuggingFaceConfiguration.read(config)
    scheme = try QuantizationConfiguration.scheme(config, directory: directory)
    format = try HuggingFaceConfiguration.family(config).huggingFace
    tokenizer = try HuggingFaceTokenizer.read(
      directory: directory, config: config, vocabularySize: configuration.vocabularySize,
      keepsTemplate: keepsTemplate)
    weights = try SafetensorsSet(directory: directory)
  }

  var files: [String] {
    (["config.json", "tokenizer.json"] + HuggingFaceTokenizer.besides + [
      QuantizationConfiguration.modelOptFile, SafetensorsSet.index,
    ])
    .map { "\(source)/\($0)" }.filter(FileSystem.exists) + weights.paths
  }

  /// Leaves out tensors that follow from others. Old checkpoints store each block's RoPE
  /// frequencies, and a tied model may store its embedding a second time as its head.
  var tensorNames: Set<String> {
    (scheme?.weightNames(weights.names) ?? weights.names).filter {
      !isEmptyBias($0) && !$0.hasSuffix(".rotary_emb.inv_freq")
        && !(configuration.tiedEmbeddings && $0 == "lm_head.weight")
    }
  }

  /// Whether a tensor is a bias of zeros that AutoGPTQ wrote for a module that has none.
  private func isEmptyBias(_ name: String) -> Bool {
    guard scheme is GPTQScheme, name.hasSuffix(".bias"), let bias = weights.entry(named: name),
      weights.entry(named: name.dropLast(5) + ".qweight") != nil,
      !WeightName.all(in: configuration).contains(where: { location(of: $0).tensors == [name] })
    else { return false }
    return bias.file.file.withBytes(bias.entry.range) { $0.allSatisfy { $0 == 0 } }
  }

  func location(of weight: WeightName) -> WeightLocation {
    switch weight {
    case .tokenEmbedding: return WeightLocation(["model.embed_tokens.weight"])
    case .head: return WeightLocation(["lm_head.weight"])
    case .finalNorm:
      var location = WeightLocation(["model.norm.weight"])
      location.offset = format.normOffset
      return location
    case .block(let index, let part): return self.location(of: part, inLayer: index)
    }
  }

  private func location(of weight: BlockWeight, inLayer index: Int) -> WeightLocation {
    let layer = "model.layers.\(index)"
    var location: WeightLocation
    if let fused = format.fused.location(of: weight, in: configuration) {
      location = WeightLocation(["\(layer).\(fused.name)"])
      location.rows = fused.rows
    } else {
      location = WeightLocation(
        format.tensors(of: weight, experts: configuration.block.experts?.count ?? 0).map {
          "\(layer).\($0)"
        })
    }
    if weight.isVector, !weight.isBias { location.offset = format.normOffset }
    if weight.isRotated, let pairs = configuration.rope.rotatedPairs {
      location.rowOrder = RotaryRowOrder.fromPartial(configuration.headDimension, rotated: pairs)
    }
    return location
  }

  func tensor(named name: String) throws -> Tensor? { try weights.tensor(named: name) }

  var quantization: String? { scheme?.name }

  func quantizedMatrix(named name: String) throws -> (any QuantizedMatrix)? {
    guard let scheme, let module = QuantizedModule(ofWeight: name, in: weights),
      !scheme.isPlain(module)
    else { return nil }
    return try scheme.matrix(of: module)
  }

  func floatMatrix(named name: String) throws -> (any QuantizedMatrix)? {
    try weights.entry(named: name).map {
      try FloatMatrix(QuantizedPart($0.entry, file: $0.file.file))
    }
  }

  /// Checks that a head stored beside a tied embedding has the same bytes; otherwise dropping it
  /// would change the model.
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
