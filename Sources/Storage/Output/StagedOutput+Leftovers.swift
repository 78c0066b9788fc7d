import Glibc

extension StagedOutput {
  /// Makes a directory of a name that nobody has, and locks it while this process writes it.
  static func makeDirectory(for target: OutputTarget) throws -> (String, FileLock?) {
    for _ in 0..<mostNames {
      let path = target.newStagingPath()
      guard mkdir(path, 0o755) == 0 else {
        if errno == EEXIST { continue }
        throw OutputError(path: path, reason: systemMessage())
      }
      let lock = FileLock(path)
      if try isOurs(path, lock) { return (path, lock) }
    }
    throw noName(for: target)
  }

  /// Makes a file of a name that nobody has, and locks it while this process writes it.
  ///
  /// - Parameter file: gets the open file.
  static func makeFile(
    for target: OutputTarget, into file: inout FileSink?
  ) throws -> (String, FileLock?) {
    for _ in 0..<mostNames {
      let path = target.newStagingPath()
      if FileSystem.exists(path) { continue }
      file = try FileSink(creating: path)
      let lock = FileLock(path)
      if try isOurs(path, lock) { return (path, lock) }
    }
    throw noName(for: target)
  }

  private static let mostNames = 100

  private static func noName(for target: OutputTarget) -> OutputError {
    OutputError(
      path: target.path, reason: "no name for a staging \(target.format.shape.rawValue) beside it")
  }

  /// Whether what was just made stays this process's: it is locked, or the file system has no locks and no one takes
  /// it for a leftover. Else another process, looking for leftovers, was faster, and is removing it.
  ///
  /// - Throws: `OutputError` where it cannot be opened to be locked; it is removed then.
  private static func isOurs(_ path: String, _ lock: FileLock?) throws -> Bool {
    guard lock == nil else { return true }
    do { return try FileLock.isUnsupported(at: path) } catch {
      // Nothing is in it yet, so that it is removed without being opened.
      _ = remove(path)
      throw error
    }
  }

  /// Removes what killed processes left of the same target: files or directories of a staging name that nobody
  /// has locked, directories only where they hold nothing but what the format writes. Best effort: one that cannot
  /// be removed is in nobody's way.
  static func removeLeftovers(of target: OutputTarget) {
    for path in target.stagedPaths {
      guard let lock = FileLock(path), target.format.isLeftover(path) else { continue }
      try? FileSystem.removeTree(path)
      withExtendedLifetime(lock) {}
    }
  }
}
