import CleaveStorage

extension ArtifactWriter {
  /// Writes the manifest with the files written so far and puts the artifact in place.
  ///
  /// - Returns: the manifest as written.
  package func finish(_ manifest: Manifest) throws -> Manifest {
    let manifest = try seal(manifest)
    try Self.publish([self])
    return manifest
  }

  /// Puts sealed artifacts in place, all or none: when one cannot be placed, those placed before it
  /// are taken back and what they replaced stands again.
  package static func publish(_ writers: [ArtifactWriter]) throws {
    precondition(writers.allSatisfy(\.isSealed), "an artifact without its manifest")
    try StagedOutput.publish(writers.map(\.output))
  }
}
