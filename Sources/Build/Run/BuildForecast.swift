import CleaveProfile
import CleaveStorage
import Glibc

/// What a build will take, said before anything runs.
package struct BuildForecast: Sendable {
  /// A stage and what is predicted of it.
  package struct Stage: Sendable {
    package let name: String
    /// Whether the cache has it; nil where that follows from a stage before it that must run.
    package let isCached: Bool?
    package let prediction: BuildPrediction
  }

  package let stages: [Stage]
  /// The bytes that are free where the cache is.
  package let freeBytes: Int
  /// The memory of the machine.
  package let memoryBytes: Int
  let cache: String

  package var seconds: Double { stages.reduce(0) { $0 + ($1.prediction.seconds ?? 0) } }
  package var peakBytes: Int { stages.map(\.prediction.peakBytes).max() ?? 0 }
  /// The bytes that the cache will grow by; outputs share them by hard links.
  package var bytes: Int { stages.reduce(0) { $0 + $1.prediction.bytes } }

  /// - Throws: `InputError` where disk or memory will not do.
  package func check() throws {
    guard bytes <= freeBytes else {
      throw InputError(
        file: cache, found: "\(freeBytes) bytes free", expected: "at least \(bytes) for the cache",
        advice: "Run `cleave cache prune`, or name another disk with --cache.")
    }
    guard peakBytes <= memoryBytes else {
      throw InputError(
        file: "memory", found: "\(memoryBytes) bytes", expected: "at least \(peakBytes)",
        advice: "Lower train.batch_tokens, or build on another machine.")
    }
  }

  package var json: JSON {
    [
      "seconds": .real(seconds), "peak_bytes": .integer(Int64(peakBytes)),
      "bytes": .integer(Int64(bytes)), "free_bytes": .integer(Int64(freeBytes)),
      "memory_bytes": .integer(Int64(memoryBytes)),
      "stages": .array(
        stages.map { stage in
          [
            "name": .string(stage.name), "cached": stage.isCached.map { .bool($0) } ?? .null,
            "prediction": stage.prediction.json,
          ]
        }),
    ]
  }
}

extension Build {
  /// What the build will take: nothing for what the cache has, else a prediction.
  ///
  /// - Throws: `InputError` for what is wrong with the recipe or a file that it names.
  package func forecast() throws -> BuildForecast {
    let files = BuildFiles(recipe)
    let list = try checkedStages(files)
    var predictor = Predictor(list, past: try cache.entries(), probe: probe)
    var known: [String: StageEntry] = [:]
    let stages = try list.stages.map { stage -> BuildForecast.Stage in
      let reads = stage.reads.compactMap { known[$0] }
      let isKnown = reads.count == stage.reads.count
      let inputs = zip(stage.reads, reads).map { (name: $0, digest: $1.digest) }
      if isKnown, let entry = cache.entry(BuildStage.key(stage.settings(inputs))) {
        known[stage.name] = entry
        return .init(name: stage.name, isCached: true, prediction: .nothing)
      }
      return .init(
        name: stage.name, isCached: isKnown ? false : nil,
        prediction: try predictor.predict(stage.name))
    }
    return BuildForecast(
      stages: stages, freeBytes: FileSystem.freeBytes(at: cache.directory) ?? .max,
      memoryBytes: Machine.memoryBytes, cache: cache.directory)
  }
}

/// Predicts stages by their last runs, and probes the machine once where that is needed.
struct Predictor {
  private let list: StageList
  private let past: [StageEntry]
  private let probe: () throws -> Double?
  private var rate: Double??

  init(_ list: StageList, past: [StageEntry], probe: @escaping () throws -> Double?) {
    (self.list, self.past, self.probe) = (list, past, probe)
  }

  mutating func predict(_ stage: String) throws -> BuildPrediction {
    let last = past.first { $0.stage == stage }
    var prediction = try BuildPrediction(
      list.effort(of: stage), on: ProcessMemory.base(), after: last
    ) {
      if let rate { return rate }
      let measured = try probe()
      rate = measured
      return measured
    }
    if stage == "train", let budget = list.recipe.section("train").seconds("time_budget") {
      prediction.seconds = budget
    }
    return prediction
  }
}

extension BuildCache {
  /// The stages of the cache, the last used first.
  func entries() throws -> [StageEntry] {
    try items().compactMap { try? readEntry(FileSystem.name(of: $0.path)) }
  }
}
