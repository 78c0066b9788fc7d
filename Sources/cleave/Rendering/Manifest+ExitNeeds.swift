import CleaveModel

extension Manifest {
  /// For each exit of an edge bundle the files that `run --exits` maps and the keys and values that it keeps.
  func exitNeeds(file: String) throws -> [String] {
    guard role == .edge, exits.count > 1 else { return [] }
    return try exits.map { exit in
      let needed = try upToExit(at: exit.depth, file: file)
      let blocks = needed.blocks.count + needed.exits.reduce(0) { $0 + $1.body.tailBlocks }
      return "  up to exit \(exit.depth): \(blocks) blocks, \(needed.totalBytes.formattedBytes), "
        + "KV cache \(needed.kvBytes.description)"
    }
  }
}
