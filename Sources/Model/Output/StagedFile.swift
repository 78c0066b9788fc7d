import CleaveStorage
import CleaveSystem
import Glibc

/// A file of its own, outside of artifacts, written beside its target and renamed into place: whoever
/// looks sees the old file or the new one, never half. Only a process that is killed without a chance
/// to clean up leaves its `.NAME.staging-XXXXXX` behind.
package enum StagedFile {
  /// - Parameters:
  ///   - target: refused when something stands there (unless `force`), inside an artifact, and when it
  ///     is, holds or lies in one of the sources.
  ///   - replaces: whether `force` may replace the file at this path: a person's other files stay.
  ///   - body: writes the contents.
  package static func write(
    _ target: String, sources: [String], force: Bool, replaces: (String) -> Bool,
    registry: StagingRegistry = .shared, _ body: (inout FileSink) throws -> Void
  ) throws -> FileDigest {
    let location = try Place(target, sources: sources)
    try location.refuseExisting(force: force, replaces: replaces)
    let staging = location.stagingPath()
    var created: FileSink?
    // Made and noted in one step: no signal misses it.
    _ = try registry.register(for: target) {
      created = try FileSink(creating: staging)
      return (staging, ())
    }
    defer {
      unlink(staging)
      registry.deregister(staging)
    }
    guard var sink = created.take() else { preconditionFailure("registered without being made") }
    try body(&sink)
    let digest = try sink.finish(isSealed: false)
    try registry.publish(target) {
      // Again: the work between took a while, and another may stand there now.
      try location.refuseExisting(force: force, replaces: replaces)
      let status =
        force
        ? rename(staging, location.path) : cleave_rename_exclusively(staging, location.path)
      guard status == 0 else { throw OutputError(path: target, reason: systemMessage()) }
    }
    FileSystem.synchronizeDirectory(location.parent)
    return digest
  }

  /// Where the file is to stand.
  private struct Place {
    let shown: String
    let parent: String
    let name: String
    var path: String { (parent == "/" ? "" : parent) + "/\(name)" }

    init(_ shown: String, sources: [String]) throws {
      guard let name = shown.split(separator: "/").last, !shown.hasSuffix("/"), name != ".",
        name != ".."
      else {
        throw InputError(file: shown, found: "no name", expected: "a new file's name")
      }
      for source in sources where FileSystem.overlap(shown, source) {
        throw InputError(
          file: shown, found: "a target that holds, or is inside, the source \(source)",
          expected: "a file apart from the sources")
      }
      let parent = FileSystem.parent(of: shown)
      guard let resolved = FileSystem.resolved(parent) else {
        throw InputError(
          file: parent, found: "nothing there", expected: "a directory to write into")
      }
      try ArtifactTarget.refuseInsideArtifact(shown, parent: resolved)
      self.shown = shown
      self.parent = resolved
      self.name = String(name)
    }

    func refuseExisting(force: Bool, replaces: (String) -> Bool) throws {
      guard FileSystem.exists(path) else { return }
      guard force else {
        throw InputError(
          file: shown, found: "something there already", expected: "a new file's name",
          advice: "Use --force to replace it.")
      }
      guard FileSystem.kind(path) == S_IFREG, replaces(path) else {
        throw InputError(
          file: shown, found: "something of another kind", expected: "a file of the same format",
          advice: "--force replaces only such files; remove it by hand if you mean it.")
      }
    }

    func stagingPath() -> String {
      let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
      let suffix = String((0..<6).map { _ in letters[Int.random(in: letters.indices)] })
      return "\(parent == "/" ? "" : parent)/.\(name).staging-\(suffix)"
    }
  }
}
