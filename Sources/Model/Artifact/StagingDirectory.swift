import Glibc

/// The directory beside its target in which an artifact is written: of a name nobody has, locked
/// while it is written, removed with this value unless it was renamed away.
final class StagingDirectory {
  let path: String
  let registry: StagingRegistry
  private let lock: DirectoryLock?

  /// Removes first what killed processes left of the same target.
  init(for target: ArtifactTarget, registry: StagingRegistry) throws {
    self.registry = registry
    Self.removeLeftovers(of: target)
    (path, lock) = try registry.register(for: target.path) {
      for _ in 0..<100 {
        let path = "\(target.parent)/\(Self.prefix(target))\(Self.randomSuffix())"
        guard mkdir(path, 0o755) == 0 else {
          if errno == EEXIST { continue }
          throw OutputError(path: path, reason: systemMessage())
        }
        let lock = DirectoryLock(path)
        // Without a lock: the file system has none, and no one takes it for a leftover; or another
        // process, looking for leftovers, was faster, and is removing it.
        if lock != nil || Self.isWithoutLocks(path) { return (path, lock) }
      }
      throw OutputError(path: target.path, reason: "no name for a staging directory beside it")
    }
  }

  deinit {
    // Best effort: an error is already on its way to the person, and a leftover is removed next time.
    try? FileSystem.removeTree(path)
    registry.deregister(path)
  }

  // MARK: Leftovers

  /// Best effort: one that cannot be removed is in nobody's way.
  private static func removeLeftovers(of target: ArtifactTarget) {
    let prefix = prefix(target)
    for entry in (try? FileSystem.entries(of: target.parent)) ?? [] {
      guard entry.hasPrefix(prefix), entry.utf8.count == prefix.utf8.count + suffixLength else {
        continue
      }
      let path = "\(target.parent)/\(entry)"
      // With anything of somebody's own in it, it is not ours, whatever its name.
      guard let lock = DirectoryLock(path),
        (try? ArtifactLayout.firstStray(in: path) == nil) == true
      else { continue }
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

  private static func prefix(_ target: ArtifactTarget) -> String { ".\(target.name).staging-" }

  private static func randomSuffix() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<suffixLength).map { _ in letters[Int.random(in: letters.indices)] })
  }
}
