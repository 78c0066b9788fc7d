import CleaveModel

/// Which weights of an artifact go into a GGUF file, and what its metadata says of them: the reverse of
/// `GGUFCheckpoint` and `GGUFConfiguration`.
struct GGUFParts {
  let artifact: Artifact
  let exit: ExitRecord?
  /// Where each block comes from: the model, or the tails on the way to the exit.
  let blocks: [BlockPlace]
  /// Of the model as the file has it: cut at the exit.
  let configuration: ModelConfiguration
  let form: GGUFForm

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
      blocks = (0..<configuration.blockCount).map { .model($0) }
    }
    configuration.blockCount = blocks.count
    if configuration.window != nil { configuration.keepWindow(of: Self.kinds(blocks, artifact)) }
    self.configuration = configuration
    guard let family = Family.named(configuration.architecture), let form = family.gguf else {
      throw InputError(
        file: artifact.path, place: "configuration.architecture", found: configuration.architecture,
        expected: "a family that llama.cpp knows: \(Family.names)")
    }
    self.form = form
  }

  /// How each of the blocks attends.
  private static func kinds(_ blocks: [BlockPlace], _ artifact: Artifact) -> [AttentionKind] {
    let manifest = artifact.manifest
    return blocks.map { place in
      switch place {
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
    case (.cloud, _):
      throw InputError(
        file: artifact.path, place: "role", found: "cloud", expected: "model or edge",
        advice: "A cloud bundle has no tokenizer and no first blocks: export the model.")
    case (.edge, nil):
      throw InputError(
        file: artifact.path, place: "role", found: "edge", expected: "an exit to end at",
        advice: "Give --exit, one of \(depths); for all blocks, export the model.")
    case (_, let depth?):
      guard let index = manifest.exits.firstIndex(where: { $0.depth == depth }) else {
        throw InputError(
          file: artifact.path, place: "exits", found: "no exit after \(depth) blocks",
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
        file: artifact.path, place: "exits", found: "an exit with the body \(exit.body)",
        expected: "norm or tail, which a model of llama.cpp has too",
        advice: "Export an exit of another body, or the whole model.")
    }
  }
}
