import CleaveStorage

extension OutputFormat {
  /// An artifact directory. `--force` replaces artifacts only, of whatever version and in whatever
  /// state, and only those that hold nothing of somebody's own.
  package static let artifact = OutputFormat(
    .directory, closed: .artifacts, objection: objectionToReplacing,
    isLeftover: { (try? ArtifactLayout.firstStray(in: $0) == nil) == true })

  /// A single file outside of artifacts.
  ///
  /// - Parameter replaces: whether `--force` may replace the file at this path.
  package static func file(
    replaces: @escaping @Sendable (_ path: String) -> Bool
  ) -> OutputFormat { .file(closed: .artifacts, replaces: replaces) }

  /// A flat directory of files outside of artifacts.
  ///
  /// - Parameters:
  ///   - files: the names that are written; a leftover holds no others.
  ///   - replaces: whether `--force` may replace the directory at this path.
  package static func directory(
    of files: [String], replaces: @escaping @Sendable (_ path: String) -> Bool
  ) -> OutputFormat { .directory(of: files, closed: .artifacts, replaces: replaces) }

  @Sendable private static func objectionToReplacing(_ path: String) throws -> Objection? {
    guard ClosedDirectories.isArtifact(path) else {
      return Objection(
        found: "something that is not an artifact", expected: "an artifact to replace",
        advice: "--force replaces only artifacts; remove it by hand if you mean it.")
    }
    // Only the link itself is replaced, not the artifact it leads to.
    guard !FileSystem.isLink(path), let stray = try ArtifactLayout.firstStray(in: path) else {
      return nil
    }
    return Objection(
      location: stray, found: "a file that no artifact holds",
      expected: "an artifact's files only",
      advice: "--force would remove it with the old artifact: move it away first.")
  }
}

extension OutputFormat.ClosedDirectories {
  /// Artifacts hold their own files and no other: with another inside it would be one no more.
  package static let artifacts = Self("artifact", plural: "artifacts", contains: isArtifact)

  /// Whether the manifest calls itself ours, of whatever version and in whatever state. The file's
  /// name alone says little: a web application has a manifest.json too.
  @Sendable fileprivate static func isArtifact(_ path: String) -> Bool {
    let file = "\(path)/\(ArtifactLayout.manifest)"
    let manifest = try? FileSystem.readJSON(file, limit: Artifact.largestManifest)
    return (try? manifest?.required("schema").string()) == Manifest.schema
  }
}
