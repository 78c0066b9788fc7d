import CleaveModel
import CleaveStorage

/// The weights of an exported model under the names of its family: the reverse of
/// `HuggingFaceCheckpoint`.
struct HuggingFaceContents {
  let exported: ExportedModel
  let format: HuggingFaceFormat
  /// The float type that quantized matrices are converted to.
  let quantizedType: TensorType

  var configuration: ModelConfiguration { exported.configuration }

  init(_ artifact: Artifact, exit: Int?, type: TensorType) throws {
    exported = try ExportedModel(artifact, exit: exit)
    quantizedType = type
    let architecture = exported.configuration.architecture
    guard let format = Family.named(architecture)?.huggingFace else {
      throw InputError(
        file: artifact.path, location: "configuration.architecture", found: architecture,
        expected: "a supported family: \(Family.names)")
    }
    self.format = format
  }

  // MARK: Weights

  func tensors() throws -> [WeightSource] {
    var sources = try WeightName.embeddingFile(in: configuration).map(embedding)
    for index in exported.blocks.indices { sources += try block(index) }
    for weight in WeightName.headFile(in: configuration) {
      let tensor = try exported.tensor(weight)
      switch weight {
      case .finalNormBias:
        sources.append(
          try vector(
            tensor, offset: 0, order: nil, name: format.outside.inFile(format.outside.finalNormBias)
          ))
      case .finalNorm:
        sources.append(
          try vector(
            tensor, offset: format.normOffset, order: nil,
            name: format.outside.inFile(format.outside.finalNorm)))
      case .headBias:
        sources.append(
          try vector(tensor, offset: 0, order: nil, name: format.outside.headBias))
      default: sources.append(FloatRows(tensor, quantizedType).source(name: format.outside.head))
      }
    }
    return sources
  }

  /// The embedding matrix of tokens, or of positions. A cloud bundle without a tied head has none and never looks up a
  /// token, so zeros are written; and so are those of positions, which transformers adds to hidden states too.
  private func embedding(_ weight: WeightName) throws -> WeightSource {
    let isOfTokens = weight == .tokenEmbedding
    let name = format.outside.inFile(
      isOfTokens ? format.outside.embedding : format.outside.positions)
    let manifest = exported.artifact.manifest
    guard manifest.role == .cloud, !manifest.takesTokens,
      !isOfTokens || !configuration.tiedEmbeddings
    else {
      return FloatRows(try exported.tensor(weight), quantizedType).source(name: name)
    }
    let shape = weight.shape(in: configuration)
    return WeightSource(name: name, type: .bf16, shape: shape) { write in
      let row = [UInt8](repeating: 0, count: 2 * shape[1])
      for _ in 0..<shape[0] { try row.withUnsafeBytes(write) }
    }
  }

  private func block(_ index: Int) throws -> [WeightSource] {
    let tensors = try exported.block(index)
    let layer = format.outside.inFile(format.outside.layer(index))
    let fused = format.fused.filter { group in tensors.contains { $0.weight == group.parts[0] } }
    let gated = gatedQuery(tensors, layer: layer)
    let joined = try joinedExperts(tensors, layer: layer)
    let inFused = Set(
      fused.flatMap(\.parts) + (gated == nil ? [] : [.query, .outputGate]) + joined.weights)
    let single = try tensors.filter { !inFused.contains($0.weight) }.flatMap {
      try sources($0.tensor, of: $0.weight, layer: layer)
    }
    let together = try fused.map { group -> WeightSource in
      let parts = group.parts.flatMap { part in tensors.filter { $0.weight == part } }
      let name = "\(layer).\(group.name)"
      if group.isByHead { return try joinByHead(parts, name: name) }
      if parts.allSatisfy(\.weight.isVector) {
        return try WeightSource.joined(parts, rowOrder: rowOrder, name: name)
      }
      return format.transposesMatrices
        ? transposed(parts.map(\.tensor), name: name) : join(parts, name: name)
    }
    return single + [gated].compactMap(\.self) + together + joined.sources
  }

  private func sources(
    _ tensor: Tensor, of part: BlockWeight, layer: String
  ) throws -> [WeightSource] {
    let order = part.isRotated ? rowOrder : nil
    let names = format.tensors(of: part, experts: configuration.block.experts?.count ?? 0)
    if part.isVector {
      let source = try vector(
        tensor, offset: part.isNorm ? format.normOffset : 0, order: order,
        name: "\(layer).\(names[0])")
      return [source.shaped(as: format.storedShape(of: part, in: configuration))]
    }
    if format.transposesMatrices { return [transposed([tensor], name: "\(layer).\(names[0])")] }
    let rows = tensor.shape[0] / names.count
    return names.enumerated().map { index, name in
      FloatRows(tensor, quantizedType, rows: index * rows..<(index + 1) * rows, order: order)
        .source(name: "\(layer).\(name)")
    }
  }

  /// A vector with the family's `normOffset`, added on import, subtracted again.
  private func vector(
    _ tensor: Tensor, offset: Float, order: (@Sendable (Int) -> Int)?, name: String
  ) throws -> WeightSource {
    let values = try tensor.widened()
    let ordered = order.map { order in values.indices.map { values[order($0)] } } ?? values
    return .floats(ordered.map { $0 - offset }, name: name)
  }

  /// Matrices as columns of one, those of the first before those of the next.
  private func transposed(_ matrices: [Tensor], name: String) -> WeightSource {
    let types = Set(matrices.map { FloatRows($0, quantizedType).type })
    let type = types.count == 1 ? types.first ?? quantizedType : .f32
    let source = TransposedRows.joined(matrices, takeTurns: false, type: type, name: name)
    return source.shaped(as: Array(source.shape.dropFirst()))
  }

  private func join(
    _ parts: [(weight: BlockWeight, tensor: Tensor)], name: String
  ) -> WeightSource {
    let types = Set(parts.map { FloatRows($0.tensor, quantizedType).type })
    // A tensor has one type; float32 holds the values of all of them.
    let common = types.count == 1 ? types.first ?? quantizedType : .f32
    let rows = parts.map { part in
      FloatRows(
        part.tensor, quantizedType, as: common, order: part.weight.isRotated ? rowOrder : nil)
    }
    let shape = [parts.reduce(0) { $0 + $1.tensor.shape[0] }, parts[0].tensor.shape[1]]
    return WeightSource(name: name, type: common, shape: shape) { write in
      for part in rows { try part.stream(write) }
    }
  }

  var rowOrder: (@Sendable (Int) -> Int)? {
    RotaryRowOrder.to(configuration, interleaved: format.interleavesRows)
  }
}
