import CleaveStorage
import Glibc

/// The directory beside its target in which an artifact is written: of a name nobody has, locked
/// while it is written, removed with this value unless it was renamed away.
final class StagingDirectory {
  let path: String
  let registry: StagingRegistry
  private let lock: DirectoryLock?

  /// Removes first what killed processes left of the same target.
  convenience init(for target: ArtifactTarget, registry: StagingRegistry) throws {
    // With anything of somebody's own in it, it is not ours, whatever its name.
    try self.init(parent: target.parent, name: target.name, registry: registry) {
      (try? ArtifactLayout.firstStray(in: $0) == nil) == true
    }
  }

  /// - Parameter isOurs: whether a directory of a staging directory's name holds nothing but what is
  ///   written there.
  init(
    parent: String, name: String, registry: StagingRegistry, isOurs: (_ path: String) -> Bool
  ) throws {
    self.registry = registry
    let target = "\(parent)/\(name)"
    Self.removeLeftovers(of: name, in: parent, isOurs)
    (path, lock) = try registry.register(for: target) {
      for _ in 0..<100 {
        let path = "\(parent)/\(Self.prefix(name))\(Self.randomSuffix())"
        guard mkdir(path, 0o755) == 0 else {
          if errno == EEXIST { continue }
          throw OutputError(path: path, reason: systemMessage())
        }
        let lock = DirectoryLock(path)
        // Without a lock: the file system has none, and no one takes it for a leftover; or another
        // process, looking for leftovers, was faster, and is removing it.
        if lock != nil || Self.isWithoutLocks(path) { return (path, lock) }
      }
      throw OutputError(path: target, reason: "no name for a staging directory beside it")
    }
  }

  deinit {
    // Best effort: an error is already on its way to the person, and a leftover is removed next time.
    try? FileSystem.removeTree(path)
    registry.deregister(path)
  }

  // MARK: Leftovers

  /// Best effort: one that cannot be removed is in nobody's way.
  private static func removeLeftovers(
    of name: String, in parent: String, _ isOurs: (_ path: String) -> Bool
  ) {
    let prefix = prefix(name)
    for entry in (try? FileSystem.entries(of: parent)) ?? [] {
      guard entry.hasPrefix(prefix), entry.utf8.count == prefix.utf8.count + suffixLength else {
        continue
      }
      let path = "\(parent)/\(entry)"
      guard let lock = DirectoryLock(path), isOurs(path) else { continue }
      try? FileSystem.removeTree(path)
      withExtendedLifetime(lock) {}
    }
  }

  private static func isWithoutLocks(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno != EWOULDBLOCK
  }

  // MARK: Names

  private static let suffixLength = 6

  private static func prefix(_ name: String) -> String { ".\(name).staging-" }

  private static func randomSuffix() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<suffixLength).map { _ in letters[Int.random(in: letters.indices)] })
  }
}
