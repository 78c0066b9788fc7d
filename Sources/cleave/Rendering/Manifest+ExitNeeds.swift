import CleaveModel

extension Manifest {
  /// For each exit of an edge bundle the files that `run --exits` maps and the keys and values that it keeps.
  var exitNeeds: [String] {
    guard role == .edge, exits.count > 1 else { return [] }
    return exits.compactMap { exit in
      guard let needed = try? upToExit(at: exit.depth, file: "") else { return nil }
      let blocks = needed.blocks.count + needed.exits.reduce(0) { $0 + $1.body.tailBlocks }
      return "  up to exit \(exit.depth): \(blocks) blocks, \(needed.totalBytes.formattedBytes), "
        + "KV cache \(needed.kvBytes.description)"
    }
  }
}
