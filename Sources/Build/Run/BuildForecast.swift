import CleaveStorage
import Glibc

/// What a build will take, said before anything runs.
package struct BuildForecast: Sendable {
  /// A stage and what is known of it.
  package struct Stage: Sendable {
    package let name: String
    /// Whether the cache has it; nil where that follows from a stage before it that must run.
    package let isCached: Bool?
    /// What it took when it last ran with other contents; nil where it never did.
    package let seconds: Double?
    package let peakBytes: Int?
    package let bytes: Int?
  }

  package let stages: [Stage]
  /// The bytes that are free where the cache is.
  package let freeBytes: Int
  /// The memory that is there for programs to take; nil where the system does not tell.
  package let memoryBytes: Int?
  let cache: String

  package var seconds: Double { stages.reduce(0) { $0 + ($1.seconds ?? 0) } }
  package var peakBytes: Int { stages.compactMap(\.peakBytes).max() ?? 0 }
  /// The bytes that the cache will grow by; outputs share them by hard links.
  package var bytes: Int { stages.reduce(0) { $0 + ($1.bytes ?? 0) } }

  /// - Throws: `InputError` where disk or memory will not do.
  package func check() throws {
    guard bytes <= freeBytes else {
      throw InputError(
        file: cache, found: "\(freeBytes) bytes free", expected: "at least \(bytes) for the cache",
        advice: "Run `cleave cache prune`, or name another disk with --cache.")
    }
    if let memoryBytes, peakBytes > memoryBytes {
      throw InputError(
        file: "memory", found: "\(memoryBytes) bytes", expected: "at least \(peakBytes)",
        advice: "Lower train.batch_tokens, or build on another machine.")
    }
  }

  package var json: JSON {
    [
      "seconds": .real(seconds), "peak_bytes": .integer(Int64(peakBytes)),
      "bytes": .integer(Int64(bytes)), "free_bytes": .integer(Int64(freeBytes)),
      "stages": .array(
        stages.map { stage in
          [
            "name": .string(stage.name), "cached": stage.isCached.map { .bool($0) } ?? .null,
            "seconds": stage.seconds.map { .real($0) } ?? .null,
            "peak_bytes": stage.peakBytes.map { .integer(Int64($0)) } ?? .null,
            "bytes": stage.bytes.map { .integer(Int64($0)) } ?? .null,
          ]
        }),
    ]
  }
}

extension Build {
  /// What the build will take: nothing for what the cache has, else what the same stage took when it last ran.
  ///
  /// - Throws: `InputError` for what is wrong with the recipe or a file that it names.
  package func forecast() throws -> BuildForecast {
    let files = BuildFiles(recipe)
    let list = try StageList(recipe, files)
    try lock?.check(files.inputs)
    let past = try cache.entries()
    var known: [String: StageEntry] = [:]
    let stages = list.stages.map { stage -> BuildForecast.Stage in
      let reads = stage.reads.compactMap { known[$0] }
      let last = past.first { $0.stage == stage.name }
      if reads.count == stage.reads.count {
        let inputs = zip(stage.reads, reads).map { (name: $0, digest: $1.digest) }
        if let entry = cache.entry(BuildStage.key(stage.settings(inputs))) {
          known[stage.name] = entry
          return .init(name: stage.name, isCached: true, seconds: 0, peakBytes: 0, bytes: 0)
        }
      }
      return .init(
        name: stage.name, isCached: reads.count == stage.reads.count ? false : nil,
        seconds: recipe.seconds(of: stage.name) ?? last?.seconds, peakBytes: last?.peakBytes,
        bytes: last?.bytes)
    }
    return BuildForecast(
      stages: stages, freeBytes: Machine.freeBytes(cache.directory),
      memoryBytes: Machine.memoryBytes, cache: cache.directory)
  }
}

extension BuildRecipe {
  /// The time that the recipe itself gives a stage.
  fileprivate func seconds(of stage: String) -> Double? {
    stage == "train" ? section("train").seconds("time_budget") : nil
  }
}

extension BuildCache {
  /// The stages of the cache, the last used first.
  fileprivate func entries() throws -> [StageEntry] {
    try items().compactMap { try? readEntry(FileSystem.name(of: $0.path)) }
  }
}

/// What this machine has left.
private enum Machine {
  static func freeBytes(_ path: String) -> Int {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return .max }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  static var memoryBytes: Int? {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return pages > 0 && size > 0 ? pages * size : nil
  }
}
