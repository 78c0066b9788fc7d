import CleaveModel
import CleaveStorage

/// The part of an artifact that is exported as a model by itself: the whole, the edge up to an exit, or
/// what a cloud bundle holds.
struct ModelParts {
  let artifact: Artifact
  /// Whose norm stands for the final one; nil for a part that ends as the model does.
  let exit: ExitRecord?
  /// Where each block comes from: the model, or the tails on the way to the exit.
  let blocks: [BlockReference]
  /// Of the part, seen as a model.
  let configuration: ModelConfiguration

  /// - Throws: `InputError` for a role or an exit that there is no such model of.
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
    if configuration.window != nil { configuration.keepWindow(of: Self.kinds(blocks, artifact)) }
    self.configuration = configuration
  }

  /// How each of the blocks attends.
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

  /// - Returns: its index.
  private static func exit(_ depth: Int?, of artifact: Artifact) throws -> Int? {
    let manifest = artifact.manifest
    let depths = manifest.exits.map { "\($0.depth)" }.joined(separator: ", ")
    switch (manifest.role, depth) {
    case (.model, nil): return nil
    case (.cloud, nil): return nil
    case (.cloud, _):
      throw InputError(
        file: artifact.path, location: "exits", found: "an exit of a cloud bundle",
        expected: "none: what follows the first exit is exported whole")
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
      try requireExpressible(manifest.exits[index], of: artifact)
      return index
    }
  }

  /// What an exit does after its blocks must be what a final norm does.
  private static func requireExpressible(_ exit: ExitRecord, of artifact: Artifact) throws {
    switch exit.body {
    case .norm, .tail: return
    case .affine, .mlp:
      throw InputError(
        file: artifact.path, location: "exits", found: "an exit with the body \(exit.body)",
        expected: "norm or tail, which a model of llama.cpp has too",
        advice: "Export an exit of another body, or the whole model.")
    }
  }

  // MARK: Weights

  /// A weight outside the blocks; an exit's norm stands for the final one.
  func tensor(_ weight: WeightName) throws -> Tensor {
    let (path, name) =
      switch weight {
      case .finalNorm: exit.map { ($0.path, $0.normName) } ?? (ArtifactLayout.head, weight.text)
      case .tokenEmbedding: (ArtifactLayout.embedding, weight.text)
      default: (ArtifactLayout.head, weight.text)
      }
    return try checked(try artifact.tensors(in: path), name, path, weight)
  }

  /// The weights of one block.
  func block(_ index: Int) throws -> [(weight: BlockWeight, tensor: Tensor)] {
    let (path, name) = location(of: blocks[index])
    let tensors = try artifact.tensors(in: path)
    return try BlockWeight.all(in: configuration.block).map {
      ($0, try checked(tensors, name($0), path, .block(index, $0)))
    }
  }

  /// The file of a block, and its weights' names there.
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
    guard let tensor = tensors[name] else {
      throw InputError(
        file: "\(artifact.path)/\(path)", location: name, found: "no such tensor",
        expected: "the tensor \(name)")
    }
    let shape = weight.shape(in: configuration)
    guard tensor.shape == shape else {
      throw InputError(
        file: tensor.file.path, location: tensor.name, found: "shape \(tensor.shape)",
        expected: "\(shape), by the configuration")
    }
    return tensor
  }
}

extension ModelConfiguration {
  /// The window of blocks that attend so; none where no block has one.
  mutating func keepWindow(of kinds: [AttentionKind]) {
    let sliding = kinds.indices.filter { kinds[$0].window != nil }
    if sliding.isEmpty { window = nil } else { window?.blocks = sliding }
  }
}
