import CleaveStorage
import Glibc

/// The directory in which a stage works, locked while it does. What a killed stage left is there when the
/// same stage begins again.
final class StageWork {
  let path: String
  private let cache: BuildCache
  private let key: String
  private let lock: FileLock

  /// - Throws: `InputError` where another process runs the same stage.
  init(_ cache: BuildCache, key: String, stage: String) throws {
    self.cache = cache
    self.key = key
    path = "\(cache.directory)/work/\(key)"
    try FileSystem.createDirectory(path)
    guard let lock = FileLock(path) else {
      throw InputError(
        file: path, found: "another build that runs the stage \(stage)",
        expected: "one build at a time", advice: "Wait for it, or name another --cache.")
    }
    self.lock = lock
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
      peakBytes: cost.peakBytes, work: cost.work, files: try OutputTree.seal(output))
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
  var peakBytes: Int?
  /// The amount of work that it was expected to be.
  var work: Double
}
