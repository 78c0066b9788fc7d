import CleaveStorage

/// How a build waits for a directory of the cache that another build works in.
struct CacheWait: Sendable {
  /// The longest wait; nil for any.
  var longest: Duration?
  /// Asked while it waits; if it says so, the wait ends.
  var shouldStop: @Sendable () -> Bool = { false }

  /// How often the lock is tried.
  private static let pause = Duration.milliseconds(200)

  /// Locks a directory, which is made where there is none.
  ///
  /// - Parameters:
  ///   - isDone: asked before each attempt; if it says so, the lock is not needed any more.
  ///   - onWait: told once, when the wait begins.
  /// - Returns: nil where the lock is not needed.
  /// - Throws: `BuildStopped`; `InputError` when the longest wait is over, or the file system has no locks;
  ///   `OutputError` where the directory cannot be made or opened.
  func lock(
    _ path: String, unless isDone: () -> Bool, onWait: () -> Void
  ) async throws -> FileLock? {
    let start = ContinuousClock.now
    var isTold = false
    while !isDone() {
      try FileSystem.createDirectory(path)
      if let lock = FileLock(path) { return lock }
      guard try !FileLock.isUnsupported(at: path) else {
        throw InputError(
          file: path, found: "a file system without locks",
          expected: "one that keeps two builds apart", advice: "Name another --cache.")
      }
      guard !shouldStop() else { throw BuildStopped() }
      guard longest.map({ ContinuousClock.now - start < $0 }) ?? true else {
        throw InputError(
          file: path, found: "another build that works there", expected: "one build at a time",
          advice: "Wait for it, or name another --cache.")
      }
      if !isTold { onWait() }
      isTold = true
      try await Task.sleep(for: Self.pause)
    }
    return nil
  }
}
