import CleaveStorage

extension Manifest {
  /// The manifest of an edge bundle that is used up to one of its exits: without the exits behind it, and
  /// without the files that only they need.
  ///
  /// The thresholds stay. The calibration goes: its promise was found with all exits.
  ///
  /// - Parameters:
  ///   - depth: of the last exit that is used.
  ///   - file: the bundle's path, for errors.
  /// - Throws: `InputError` for another artifact than an edge bundle, and for a depth without an exit.
  package func upToExit(at depth: Int, file: String) throws -> Manifest {
    guard role == .edge else {
      throw InputError(
        file: file, location: "role", found: role.rawValue,
        expected: "an edge bundle, to be used up to one of its exits")
    }
    guard let last = exits.firstIndex(where: { $0.depth == depth }) else {
      throw InputError(
        file: file, location: "exits", found: "no exit at depth \(depth)",
        expected: "one of \(exits.map { "\($0.depth)" }.joined(separator: ", "))")
    }
    guard last < exits.count - 1 else { return self }
    var narrowed = self
    narrowed.exits = Array(exits[...last])
    // An exit that reads the one before it needs no further block of the model.
    let trunk = narrowed.exits.last { $0.reads == .model }?.depth ?? 0
    narrowed.blocks = blocks.lowerBound..<trunk
    if !narrowed.exits.contains(where: { $0.unembedding == .vocabulary }) {
      narrowed.exitVocabulary = nil
    }
    narrowed.calibration = nil
    for index in narrowed.exits.indices { narrowed.exits[index].calibrated = false }
    let unneeded = unneededFiles(by: narrowed)
    narrowed.files.removeAll { unneeded.contains($0.path) }
    return narrowed
  }

  /// The files that nothing in a narrowed manifest of this bundle reads.
  private func unneededFiles(by narrowed: Manifest) -> Set<String> {
    var files = Set(exits.dropFirst(narrowed.exits.count).map(\.path))
    files.formUnion((narrowed.blocks.upperBound..<blocks.upperBound).map(ArtifactLayout.block))
    files.insert(ArtifactLayout.calibration)
    if narrowed.exitVocabulary == nil {
      files.formUnion([ArtifactLayout.exitVocabulary, ArtifactLayout.exitVocabularyTokens])
    }
    if !configuration.tiedEmbeddings, !narrowed.exitsNeedHead {
      files.insert(ArtifactLayout.head)
    }
    return files
  }
}
