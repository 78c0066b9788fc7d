import CleaveModel

/// The memory that an edge takes with so many of a model's exits: its files, which are mapped, and the keys and values
/// of one session.
struct EdgeMemory {
  let files: Int
  let keysAndValues: Int

  var bytes: Int { files + keysAndValues }

  /// - Parameters:
  ///   - manifest: of the whole model.
  ///   - exits: how many are used, at least 1.
  ///   - positions: of the longest text.
  init(_ manifest: Manifest, exits: Int, positions: Int) throws {
    var edge = manifest
    edge.role = .edge
    edge.blocks = manifest.exits.edgeBlocks
    let beyond = Set(
      (edge.blocks.upperBound..<manifest.blocks.upperBound).map(ArtifactLayout.block))
    edge.files.removeAll { beyond.contains($0.path) }
    let used = try edge.upToExit(at: manifest.exits[exits - 1].depth, file: "")
    files = used.totalBytes
    keysAndValues = used.kvBytes.total(tokens: positions)
  }
}
