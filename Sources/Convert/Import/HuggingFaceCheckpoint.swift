import CleaveModel
import CleaveStorage

/// A Hugging Face model directory: config.json, tokenizer files, and one or several safetensors
/// files.
struct HuggingFaceCheckpoint: Checkpoint {
  let source: String
  let configuration: ModelConfiguration
  let tokenizer: ImportedTokenizer
  private let weights: SafetensorsSet
  private let names: HuggingFaceTensorNames
  private let format: HuggingFaceFormat
  private let scheme: (any QuantizationScheme)?
  /// The number that logits are divided by.
  private let logitDivisor: Float
  /// The settings of generation_config.json that change which token is chosen, and that runs do not apply.
  private let notApplied: [String]
  let license: SourceLicense?

  private static let readme = "README.md"

  init(directory: String, keepsTemplate: Bool = true) throws {
    source = directory
    let config = try FileSystem.readJSON("\(directory)/config.json", limit: 1 << 24)
    let part = try HuggingFaceTextPart(config)
    configuration = try HuggingFaceConfiguration.read(part)
    let scheme = try QuantizationConfiguration.scheme(config, directory: directory)
    self.scheme = scheme
    let format = part.family.huggingFace
    self.format = format
    if let scheme, format.transposesMatrices {
      throw InputError(
        file: "\(directory)/config.json", location: "quantization_config",
        found: "weights quantized by \(scheme.name)",
        expected: "float weights, where \(part.family.name) stores its matrices transposed")
    }
    logitDivisor =
      try format.logits.map {
        $0.divisor(stated: try HuggingFaceSettings(part.config.text).number($0.name))
      } ?? 1
    tokenizer = try HuggingFaceTokenizer.read(
      directory: directory, config: part.config, vocabularySize: configuration.vocabularySize,
      keepsTemplate: keepsTemplate)
    notApplied = try HuggingFaceGeneration.notApplied(directory: directory)
    license = SourceLicense(readme: "\(directory)/\(Self.readme)")
    weights = try SafetensorsSet(directory: directory)
    names = try HuggingFaceTensorNames(
      scheme?.weightNames(weights.names) ?? weights.names, format.outside, in: directory,
      isMultimodal: part.isMultimodal,
      isTied: configuration.tiedEmbeddings, layers: configuration.blockCount)
  }

  var files: [String] {
    (["config.json", "tokenizer.json"] + HuggingFaceTokenizer.besides + [
      QuantizationConfiguration.modelOptFile
    ] + (license == nil ? [] : [Self.readme]))
    .map { "\(source)/\($0)" }.filter(FileSystem.exists)
      + [weights.indexPath].compactMap { $0 } + weights.paths
  }

  var tensorNames: Set<String> {
    guard scheme is GPTQScheme else { return Set(names.stored.keys) }
    // Not all weights: a few bytes of a configuration ask for millions of experts, whose matrices are no biases.
    let vectors = WeightName.all(in: configuration).filter(\.isVector)
      .map { location(of: $0).tensors }
    let known = Set(vectors.filter { $0.count == 1 }.joined())
    return Set(
      names.stored.filter { name, stored in
        known.contains(name) || !isEmptyBias(name, stored: stored)
      }.keys)
  }
  var remarks: [ImportRemark] {
    [
      .leftOut(names.leftOut), .withoutEmbedding(tokenizer.withoutEmbedding),
      .notApplied(notApplied),
    ].compactMap { $0 }
  }

  /// Whether a tensor that holds no weight is a bias of zeros, as AutoGPTQ wrote for a module that has none.
  private func isEmptyBias(_ name: String, stored: String) -> Bool {
    guard name.hasSuffix(".bias"), let bias = weights.entry(named: stored),
      weights.entry(named: stored.dropLast(5) + ".qweight") != nil
    else { return false }
    return bias.file.file.withBytes(bias.entry.range) { $0.allSatisfy { $0 == 0 } }
  }

  func location(of weight: WeightName) -> WeightLocation {
    switch weight {
    case .tokenEmbedding: return WeightLocation([format.outside.embedding])
    case .positionEmbedding: return WeightLocation([format.outside.positions])
    case .head: return WeightLocation([format.outside.head])
    case .headBias: return WeightLocation([format.outside.headBias])
    case .finalNorm, .finalNormBias:
      let isBias = weight == .finalNormBias
      var location = WeightLocation([
        isBias ? format.outside.finalNormBias : format.outside.finalNorm
      ])
      location.offset = isBias ? 0 : format.normOffset
      location.divisor = logitDivisor
      return location
    case .block(let index, let part): return self.location(of: part, inLayer: index)
    }
  }

  private func location(of weight: BlockWeight, inLayer index: Int) -> WeightLocation {
    let layer = format.outside.layer(index)
    if format.joinsExperts,
      let location = JoinedExperts.location(
        of: weight, in: configuration, layer: layer, isQuantized: scheme is MXFP4Scheme)
    {
      return location
    }
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
    if format.transposesMatrices, !weight.isVector {
      return transposed(location, WeightName.block(index, weight).shape(in: configuration))
    }
    if weight.isNorm { location.offset = format.normOffset }
    location.shape = format.storedShape(of: weight, in: configuration)
    if weight.isRotated {
      location.rowOrder = RotaryRowOrder.from(
        configuration, interleaved: format.interleavesRows)
    }
    if configuration.block.outputGate, weight == .query || weight == .outputGate {
      location.tensors = ["\(layer).\(format.name(of: .query))"]
      location.rows = (0, 2 * configuration.querySize)
      location.rowOrder = RotaryRowOrder.byHead(
        configuration.headDimension, part: weight == .outputGate ? 1 : 0, of: 2, location.rowOrder)
    }
    if let group = format.fused.first(where: { $0.isByHead && $0.parts.contains(weight) }),
      let part = group.parts.firstIndex(of: weight), let rows = location.rows
    {
      location.rows = (0, rows.together)
      location.rowOrder = RotaryRowOrder.byHead(
        configuration.headDimension, part: part, of: group.parts.count, location.rowOrder)
    }
    return location
  }

  /// The location of a matrix whose rows are columns in the file.
  private func transposed(_ location: WeightLocation, _ shape: [Int]) -> WeightLocation {
    var location = location
    let (first, width) = location.rows ?? (0, shape[0])
    location.rows = nil
    location.shape = [shape[1], width]
    location.columns = TransposedRows(first: first, width: width)
    return location
  }

  func tensor(named name: String) throws -> Tensor? {
    try weights.tensor(named: names.stored[name] ?? name)
  }

  var quantization: String? { scheme?.name }

  func quantizedMatrix(named name: String) throws -> (any QuantizedMatrix)? {
    guard let scheme,
      let module = QuantizedModule(ofWeight: names.stored[name] ?? name, in: weights),
      !scheme.isPlain(module)
    else { return nil }
    return try scheme.matrix(of: module)
  }

  /// Whether a weight is stored in a package's layout.
  private func isQuantized(_ stored: String) -> Bool {
    guard let scheme, let module = QuantizedModule(ofWeight: stored, in: weights) else {
      return false
    }
    return !scheme.isPlain(module)
  }

  func floatMatrix(named name: String) throws -> (any QuantizedMatrix)? {
    try weights.entry(named: names.stored[name] ?? name).map {
      try FloatMatrix(QuantizedPart($0.entry, file: $0.file.file))
    }
  }

  /// Checks that a head stored beside a tied embedding has the same bytes; otherwise dropping it
  /// would change the model.
  func validateDroppedTensors() throws {
    guard let name = names.tiedHead else { return }
    let stored = names.stored[format.outside.embedding]
    guard !isQuantized(name), stored.map(isQuantized) != true else {
      throw InputError(
        file: source, location: name, found: "a quantized head or embedding, which are tied",
        expected: "no head, when tie_word_embeddings is true",
        advice: "If the head is a matrix of its own, set tie_word_embeddings to false.")
    }
    guard let head = try weights.tensor(named: name),
      let embedding = try tensor(named: format.outside.embedding)
    else { return }
    let same =
      head.type == embedding.type && head.shape == embedding.shape
      && head.withBytes { left in embedding.withBytes { left.elementsEqual($0) } }
    guard same else {
      throw InputError(
        file: source, location: name, found: "a head that differs from the embedding",
        expected: "no head, or the same bytes, when tie_word_embeddings is true")
    }
  }
}
