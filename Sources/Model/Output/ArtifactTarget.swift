import CleaveStorage

/// Where an artifact is to stand, and whether it may.
struct ArtifactTarget {
  /// As the person named it.
  let shown: String
  /// Absolute, links in the parent resolved; the target itself may be a link, which is replaced.
  let path: String
  let parent: String
  let name: String
  let force: Bool

  /// Refuses a target that exists (unless `force`, and then only an artifact is replaced), one inside
  /// an artifact, and one inside one of the sources or the other way round.
  init(_ shown: String, sources: [String], force: Bool) throws {
    guard let name = shown.split(separator: "/").last, name != ".", name != ".." else {
      throw InputError(file: shown, found: "no name", expected: "a new directory's name")
    }
    for source in sources where FileSystem.overlap(shown, source) {
      throw InputError(
        file: shown, found: "a target that holds, or is inside, the source \(source)",
        expected: "a directory apart from the sources")
    }
    let parent = FileSystem.parent(of: shown)
    guard let resolvedParent = FileSystem.resolved(parent) else {
      throw InputError(file: parent, found: "nothing there", expected: "a directory to write into")
    }
    self.shown = shown
    self.parent = resolvedParent
    self.name = String(name)
    path = (resolvedParent == "/" ? "" : resolvedParent) + "/\(name)"
    self.force = force
    try Self.refuseInsideArtifact(shown, parent: resolvedParent)
    try refuseExisting()
  }

  /// An artifact holds its own files and no other: it would be one no more.
  static func refuseInsideArtifact(_ shown: String, parent: String) throws {
    var ancestor = parent
    while ancestor != "/", ancestor != "." {
      guard !isArtifact(ancestor) else {
        throw InputError(
          file: shown, found: "a target inside the artifact \(ancestor)",
          expected: "a directory outside of artifacts")
      }
      ancestor = FileSystem.parent(of: ancestor)
    }
  }

  /// Asked before the work, and again after it: another may stand there then.
  func refuseExisting() throws {
    guard FileSystem.exists(path) else { return }
    guard force else {
      throw InputError(
        file: shown, found: "something there already", expected: "a new directory's name",
        advice: "Use --force to replace it.")
    }
    guard Self.isArtifact(path) else {
      throw InputError(
        file: shown, found: "something that is not an artifact", expected: "an artifact to replace",
        advice: "--force replaces only artifacts; remove it by hand if you mean it.")
    }
    // Of a link only the link goes.
    guard !FileSystem.isLink(path), let stray = try ArtifactLayout.firstStray(in: path) else {
      return
    }
    throw InputError(
      file: shown, location: stray, found: "a file that no artifact holds",
      expected: "an artifact's files only",
      advice: "--force would remove it with the old artifact: move it away first.")
  }

  /// Whether the manifest calls itself ours, of whatever version and in whatever state. The file's
  /// name alone says little: a web application has a manifest.json too.
  private static func isArtifact(_ path: String) -> Bool {
    let file = "\(path)/\(ArtifactLayout.manifest)"
    let manifest = try? FileSystem.readJSON(file, limit: Artifact.largestManifest)
    return (try? manifest?.required("schema").string()) == Manifest.schema
  }
}
