import CleaveStorage

extension Build {
  /// Runs a stage, or takes what the cache has of it.
  func run(
    _ stage: BuildStage, reading reads: [BuildResult.Stage], _ effort: Double,
    predict: () throws -> BuildPrediction
  ) async throws -> BuildResult.Stage {
    let key = BuildStage.key(stage.settings(reads.map { ($0.name, $0.entry.digest) }))
    var known = held(key)
    let lock =
      known != nil
      ? nil
      : try await wait.lock(cache.workPath(key)) {
        // Another build may have made it since.
        if FileSystem.exists(cache.stagePath(key)) { known = held(key) }
        return known != nil
      } onWait: {
        onEvent(.waits(stage.name, on: cache.workPath(key)))
      }
    guard let lock else {
      return .init(
        name: stage.name, entry: known!.entry, prediction: nil, isUnsteady: stage.isUnsteady,
        hold: known!.hold)
    }
    let prediction = try predict()
    let work = StageWork(cache, key: key, lock: lock)
    let entry = try await run(stage, stageRun(stage, reads, work), in: work, effort)
    // The lock is the directory's, which has another name by now.
    return .init(
      name: stage.name, entry: entry, prediction: prediction, isUnsteady: stage.isUnsteady,
      hold: lock)
  }

  /// The stage of a key in the cache, held against pruning before it is looked at.
  private func held(_ key: String) -> (entry: StageEntry, hold: FileLock?)? {
    let hold = FileLock(cache.stagePath(key))
    return cache.entry(key).map { ($0, hold) }
  }

  private var wait: CacheWait { CacheWait(longest: longestWait, shouldStop: shouldStop) }

  private func run(
    _ stage: BuildStage, _ run: StageRun, in work: StageWork, _ effort: Double
  ) async throws -> StageEntry {
    let (start, peak) = (ContinuousClock.now, MemoryPeak())
    let outcome: StageOutcome
    do { outcome = try await stage.run(run) } catch {
      throw RecipeFault(
        recipe: recipe, stage: stage.name, cache: cache.directory,
        names: BuildLayout.names(of: run, stage: stage.name)
      ).named(error)
    }
    let cost = StageCost(
      seconds: (ContinuousClock.now - start) / .seconds(1), peakBytes: peak.bytes(),
      anonymousBytes: peak.anonymousBytes(), work: effort)
    return try work.finish(outcome, stage: stage.name, cost)
  }

  private func stageRun(
    _ stage: BuildStage, _ reads: [BuildResult.Stage], _ work: StageWork
  ) -> StageRun {
    StageRun(
      inputs: Dictionary(
        uniqueKeysWithValues: reads.map { ($0.name, cache.outputPath($0.entry.key)) }),
      digests: Dictionary(uniqueKeysWithValues: reads.map { ($0.name, $0.entry.digest) }),
      directory: work.path, output: work.output, cache: cache,
      lock: { path in
        try await wait.lock(path, unless: { false }) { onEvent(.waits(stage.name, on: path)) }
      }, threads: threads, shouldStop: shouldStop,
      progress: { onEvent(.progress(stage.name, label: $0, done: $1, total: $2, unit: $3)) })
  }
}
