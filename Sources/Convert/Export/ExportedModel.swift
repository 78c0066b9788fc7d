import CleaveModel
import CleaveStorage

/// The part of an artifact that is exported as a model of its own: the whole model, the edge up to
/// an exit, or a cloud bundle.
struct ExportedModel {
  let artifact: Artifact
  /// The exit whose norm replaces the final norm; nil if the part ends where the model ends.
  let exit: ExitRecord?
  /// The source of each block: the model, or a tail on the way to the exit.
  let blocks: [BlockReference]
  /// The configuration of the part as a model of its own.
  let configuration: ModelConfiguration

  /// - Throws: `InputError` if the artifact has no such exit, or its role allows no such export.
  init(_ artifact: Artifact, exit depth: Int?) throws {
    self.artifact = artifact
    var configuration = artifact.manifest.configuration
    if let index = try Self.exit(depth, of: artifact) {
      let exits = artifact.manifest.exits
      exit = exits[index]
      blocks = exits.path(to: index)
    } else {
      exit = nil
      blocks = artifact.manifest.blocks.map { .model($0) }
    }
    configuration.blockCount = blocks.count
    if configuration.blocksDiffer { configuration.keepKinds(Self.kinds(blocks, artifact)) }
    self.configuration = configuration
  }

  /// The attention kind of each block.
  private static func kinds(_ blocks: [BlockReference], _ artifact: Artifact) -> [AttentionKind] {
    let manifest = artifact.manifest
    return blocks.map { location in
      switch location {
      case .model(let index): manifest.configuration.attention(ofBlock: index)
      case .tail(let depth, let index):
        manifest.exits.first { $0.depth == depth }?
          .tailAttention(in: manifest.configuration)[index] ?? AttentionKind()
      }
    }
  }

  /// The index in the manifest of the exit to end at; nil for all blocks.
  ///
  /// - Throws: `InputError` if there is no such exit or it cannot be exported.
  private static func exit(_ depth: Int?, of artifact: Artifact) throws -> Int? {
    let manifest = artifact.manifest
    let depths = manifest.exits.map { "\($0.depth)" }.joined(separator: ", ")
    switch (manifest.role, depth) {
    case (.model, nil): return nil
    case (.cloud, nil): return nil
    case (.cloud, _):
      throw InputError(
        file: artifact.path, location: "exits", found: "--exit with a cloud bundle",
        expected: "no exit: a cloud bundle is exported as a whole")
    case (.middle, _):
      throw InputError(
        file: artifact.path, location: "role", found: "middle",
        expected: "a model, an edge bundle or a cloud bundle",
        advice: "Export the model, up to an exit with --exit.")
    case (.edge, nil):
      throw InputError(
        file: artifact.path, location: "role", found: "edge", expected: "an exit to end at",
        advice: "Give --exit, one of \(depths); for all blocks, export the model.")
    case (_, let depth?):
      guard let index = manifest.exits.firstIndex(where: { $0.depth == depth }) else {
        throw InputError(
          file: artifact.path, location: "exits", found: "no exit after \(depth) blocks",
          expected: depths.isEmpty ? "a model with exits" : "one of \(depths)")
      }
      try requireExpressible(index, of: artifact)
      return index
    }
  }

  /// - Throws: `InputError` if the exit applies more than a norm after its blocks, or a map lies between two of
  ///   the blocks on the way to it, or it does not answer with all tokens: the exported model has a place for none
  ///   of these.
  private static func requireExpressible(_ index: Int, of artifact: Artifact) throws {
    let exits = artifact.manifest.exits
    guard exits[index].unembedding == .shared else {
      let tokens = artifact.manifest.exitVocabulary?.count ?? 0
      throw InputError(
        file: artifact.path, location: "exits",
        found: "an exit with a vocabulary of \(tokens) tokens",
        expected: "an exit that reads the whole unembedding, as an exported model does",
        advice: "Train one without --exit-vocabulary, or export the whole model.")
    }
    func refuse(_ found: String, _ expected: String) -> InputError {
      InputError(
        file: artifact.path, location: "exits", found: found, expected: expected,
        advice: "Export an exit of another body, or the whole model.")
    }
    switch exits[index].body {
    case .norm, .tail(_, nil, nil): break
    case .affine, .mlp, .tail:
      throw refuse(
        "an exit with the body \(exits[index].body)",
        "the body norm or a tail without a map or readout, which is a model of the same family")
    }
    let way = exits.path(to: index).compactMap { block in
      if case .tail(let depth, _) = block { depth } else { nil }
    }
    if let mapped = exits.first(where: { $0.body.map != nil && way.contains($0.depth) }) {
      throw refuse(
        "a tail with a map at depth \(mapped.depth), on the way to exit \(exits[index].depth)",
        "blocks that follow one another, as in a model of the same family")
    }
  }

  /// What the part does without, for the user.
  var notes: [String] {
    artifact.manifest.exits.filter { exit in
      exit.feedback != nil && blocks.contains(.tail(depth: exit.depth, block: 0))
    }.map {
      "the exit after \($0.depth) blocks is exported as it answers alone: no hidden states come back to it"
    }
  }

  // MARK: Weights

  /// A weight outside the blocks. An exit's norm replaces the final norm.
  ///
  /// - Throws: `InputError` if the tensor is missing or has another shape than the configuration
  ///   says.
  func tensor(_ weight: WeightName) throws -> Tensor {
    let (path, name) =
      switch weight {
      case .finalNorm: exit.map { ($0.path, $0.normName) } ?? (ArtifactLayout.head, weight.text)
      case .finalNormBias:
        exit.map { ($0.path, $0.normBiasName) } ?? (ArtifactLayout.head, weight.text)
      case .tokenEmbedding, .positionEmbedding: (ArtifactLayout.embedding, weight.text)
      default: (ArtifactLayout.head, weight.text)
      }
    return try checked(try artifact.tensors(in: path), name, path, weight)
  }

  /// The weights of the block at `index` of the part.
  func block(_ index: Int) throws -> [(weight: BlockWeight, tensor: Tensor)] {
    let (path, name) = location(of: blocks[index])
    let tensors = try artifact.tensors(in: path)
    return try BlockWeight.all(in: configuration.block, configuration.mixer(ofBlock: index)).map {
      ($0, try checked(tensors, name($0), path, .block(index, $0)))
    }
  }

  /// The artifact file that holds a block, and the names of its weights there.
  private func location(
    of block: BlockReference
  ) -> (path: String, name: (BlockWeight) -> String) {
    switch block {
    case .model(let index):
      return (ArtifactLayout.block(index), { WeightName.block(index, $0).text })
    case .tail(let depth, let index):
      let exit = ExitRecord(depth: depth, threshold: 0)
      return (exit.path, { exit.name(of: .tail(index, $0)) })
    }
  }

  private func checked(
    _ tensors: [String: Tensor], _ name: String, _ path: String, _ weight: WeightName
  ) throws -> Tensor {
    let shape = weight.shape(in: configuration)
    guard let tensor = tensors[name] else {
      throw InputError(
        file: "\(artifact.path)/\(path)", location: name, found: "no tensor of this name",
        expected: "a tensor of shape \(shape)")
    }
    guard tensor.shape == shape else {
      throw InputError(
        file: tensor.file.path, location: tensor.name, found: "shape \(tensor.shape)",
        expected: "\(shape), by the configuration")
    }
    return tensor
  }
}

extension ModelConfiguration {
  /// Gives the blocks these kinds; removes the settings of kinds that none has.
  mutating func keepKinds(_ kinds: [AttentionKind]) {
    unrotatedBlocks = kinds.indices.filter { !kinds[$0].isRotated }
    func blocks(_ mixer: Mixer) -> [Int] { kinds.indices.filter { kinds[$0].mixer == mixer } }
    convolution?.blocks = blocks(.convolution)
    if convolution?.blocks.isEmpty == true { convolution = nil }
    deltaNet?.blocks = blocks(.deltaNet)
    if deltaNet?.blocks.isEmpty == true { deltaNet = nil }
    let sliding = kinds.indices.filter { kinds[$0].window != nil }
    if sliding.isEmpty { window = nil } else { window?.blocks = sliding }
  }
}
