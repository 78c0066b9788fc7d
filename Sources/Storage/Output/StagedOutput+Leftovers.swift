import Glibc

extension StagedOutput {
  /// Makes a directory of a name that nobody has, and locks it while this process writes it.
  static func makeDirectory(for target: OutputTarget) throws -> (String, DirectoryLock?) {
    for _ in 0..<100 {
      let path = target.newStagingPath()
      guard mkdir(path, 0o755) == 0 else {
        if errno == EEXIST { continue }
        throw OutputError(path: path, reason: systemMessage())
      }
      let lock = DirectoryLock(path)
      // Without a lock: the file system has none, and no one takes the directory for a leftover; or
      // another process, looking for leftovers, was faster, and is removing it.
      if lock != nil || DirectoryLock.isUnsupported(at: path) { return (path, lock) }
    }
    throw OutputError(path: target.path, reason: "no name for a staging directory beside it")
  }

  /// Removes what killed processes left of the same target: directories of a staging name that nobody
  /// has locked and that hold nothing but what the format writes. Best effort: one that cannot be
  /// removed is in nobody's way.
  static func removeLeftovers(of target: OutputTarget) {
    for path in target.stagedPaths {
      guard let lock = DirectoryLock(path), target.format.isLeftover(path) else { continue }
      try? FileSystem.removeTree(path)
      withExtendedLifetime(lock) {}
    }
  }
}
