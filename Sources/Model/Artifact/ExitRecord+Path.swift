extension ExitRecord {
  /// The file of the exit's weights, relative to the artifact's directory.
  package var path: String { ArtifactLayout.exit(depth: depth) }
}
