import CleaveStorage
import CleaveSystem
import Glibc

/// A directory of files that is no artifact, written beside its target and renamed into place: whoever
/// looks sees the old one or the new one, never half. What is staged is removed with this value, when
/// a signal ends the process, and else when the same target is written the next time.
package final class StagedDirectory {
  private let target: String
  private let parent: String
  private let name: String
  private let replaces: (String) -> Bool
  private let force: Bool
  private let staging: StagingDirectory

  private var path: String { (parent == "/" ? "" : parent) + "/\(name)" }

  /// - Parameters:
  ///   - target: refused when something stands there (unless `force`), or inside an artifact, and when
  ///     it is, holds or lies in one of the sources.
  ///   - files: the names that are written; a leftover with others in it is somebody's own.
  ///   - replaces: whether `force` may replace the directory at this path.
  package init(
    _ target: String, sources: [String], files: [String], force: Bool,
    registry: StagingRegistry = .shared, replaces: @escaping (String) -> Bool
  ) throws {
    guard let name = target.split(separator: "/").last, name != ".", name != ".." else {
      throw InputError(file: target, found: "no name", expected: "a new directory's name")
    }
    for source in sources where FileSystem.overlap(target, source) {
      throw InputError(
        file: target, found: "a target that holds, or is inside, the source \(source)",
        expected: "a directory apart from the sources")
    }
    let above = FileSystem.parent(of: target)
    guard let parent = FileSystem.resolved(above) else {
      throw InputError(file: above, found: "nothing there", expected: "a directory to write into")
    }
    try ArtifactTarget.refuseInsideArtifact(target, parent: parent)
    self.target = target
    self.parent = parent
    self.name = String(name)
    self.force = force
    self.replaces = replaces
    try Self.refuseExisting(
      target, at: (parent == "/" ? "" : parent) + "/\(name)", force: force, replaces)
    staging = try StagingDirectory(parent: parent, name: self.name, registry: registry) {
      let names = try? FileSystem.entries(of: $0)
      return names?.allSatisfy(files.contains) == true
    }
  }

  /// A new file of that name.
  package func create(_ name: String) throws -> FileSink {
    try FileSink(creating: "\(staging.path)/\(name)")
  }

  /// Flushes a file to the disk.
  package func finish(_ sink: consuming FileSink) throws -> FileDigest {
    try sink.finish(isSealed: true)
  }

  /// Puts the directory in place, all files being finished.
  package func publish() throws {
    FileSystem.synchronizeDirectory(staging.path)
    try staging.registry.publish(target) {
      if cleave_rename_exclusively(staging.path, path) == 0 { return }
      guard errno == EEXIST, force else {
        throw OutputError(path: target, reason: systemMessage())
      }
      // Again: the work between took a while, and another may stand there now.
      try Self.refuseExisting(target, at: path, force: force, replaces)
      guard cleave_exchange_paths(staging.path, path) == 0 else {
        throw OutputError(path: target, reason: systemMessage())
      }
    }
    FileSystem.synchronizeDirectory(parent)
    try FileSystem.removeTree(staging.path)  // the old directory, if there was one
  }

  private static func refuseExisting(
    _ target: String, at path: String, force: Bool, _ replaces: (String) -> Bool
  ) throws {
    guard FileSystem.exists(path) else { return }
    guard force else {
      throw InputError(
        file: target, found: "something there already", expected: "a new directory's name",
        advice: "Use --force to replace it.")
    }
    guard FileSystem.kind(path) == S_IFDIR, replaces(path) else {
      throw InputError(
        file: target, found: "something of another kind",
        expected: "a directory of the same format",
        advice: "--force replaces only such directories; remove it by hand if you mean it.")
    }
  }
}
