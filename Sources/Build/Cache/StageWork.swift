import CleaveStorage
import Glibc

/// The directory in which a stage works, locked while it does. What a killed stage left is there when the
/// same stage begins again.
final class StageWork {
  let path: String
  private let cache: BuildCache
  private let key: String
  private let lock: FileLock

  /// - Parameter lock: the lock of the directory.
  init(_ cache: BuildCache, key: String, lock: FileLock) {
    self.cache = cache
    self.key = key
    self.lock = lock
    path = cache.workPath(key)
  }

  var output: String { "\(path)/output" }

  /// Puts the stage in the cache, whole or not at all. What it left beside its output is removed.
  func finish(_ outcome: StageOutcome, stage: String, _ cost: StageCost) throws -> StageEntry {
    try FileSystem.createDirectory(output)
    for name in try FileSystem.entries(of: path) where name != "output" {
      try FileSystem.removeTree("\(path)/\(name)")
    }
    let entry = StageEntry(
      stage: stage, key: key, facts: outcome.facts, checks: outcome.checks, seconds: cost.seconds,
      peakBytes: cost.peakBytes, anonymousBytes: cost.anonymousBytes, work: cost.work,
      files: try OutputTree.seal(output))
    try StagedOutput.writeFile(
      "\(path)/entry.json", sources: [],
      format: .file(closed: .artifacts, replaces: { _ in true }), force: true
    ) { try $0.write(Array((entry.json.text() + "\n").utf8)) }
    guard rename(path, cache.stagePath(key)) == 0 else {
      throw OutputError(path: cache.stagePath(key), reason: String(cString: strerror(errno)))
    }
    FileSystem.synchronizeDirectory("\(cache.directory)/stages")
    return entry
  }
}

/// What a stage found out.
struct StageOutcome {
  var facts: JSON = .null
  var checks: [BuildCheck] = []
}

/// What a stage took.
struct StageCost {
  var seconds: Double
  /// The most memory, mapped files included, and without them.
  var peakBytes: Int?
  var anonymousBytes: Int?
  /// The amount of work that it was expected to be.
  var work: Double
}
