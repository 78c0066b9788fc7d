import CleaveStorage

/// A build: runs the stages of a recipe that are not in the cache, and puts their outputs together.
package struct Build {
  package let recipe: BuildRecipe
  let cache: BuildCache
  package var threads: Int?
  /// The lock that the build must agree with; nil for none.
  package var lock: BuildLock?
  /// Asked between steps; if it says so, the build stops and can go on later.
  package var shouldStop: @Sendable () -> Bool = { false }
  /// Measures the products a second of this machine, for predictions of stages that never ran.
  package var probe: () throws -> Double? = { nil }
  /// Called when a stage is in the cache, for tests of builds that end there.
  package var afterStage: (_ stage: String) throws -> Void = { _ in }
  /// Told of progress, on the thread that builds.
  package var onEvent: (BuildEvent) -> Void = { _ in }

  package init(_ recipe: BuildRecipe, cache: BuildCache) {
    self.recipe = recipe
    self.cache = cache
  }

  /// Runs every stage that is not in the cache.
  ///
  /// - Throws: what stages throw, `BuildStopped`, and `BuildLock.Differs` where the lock says otherwise.
  package func run() async throws -> BuildResult {
    let files = BuildFiles(recipe)
    let list = try StageList(recipe, files)
    try lock?.check(files.inputs)
    try lock?.check(name: recipe.name, stages: list.stages)
    var predictor = Predictor(list, past: try cache.entries(), probe: probe)
    var done: [BuildResult.Stage] = []
    for (index, stage) in list.stages.enumerated() {
      guard !shouldStop() else { throw BuildStopped() }
      onEvent(.began(stage.name, index: index, of: list.stages.count))
      let reads = stage.reads.map { name in done.first { $0.name == name }! }
      let result = try await run(stage, reading: reads, list.effort(of: stage.name).work) {
        try predictor.predict(stage.name)
      }
      try lock?.check(result)
      done.append(result)
      onEvent(.ended(result))
      try afterStage(stage.name)
    }
    return BuildResult(
      recipe: recipe, inputs: files.inputs, stages: done, cache: cache, final: list.final)
  }

  private func run(
    _ stage: BuildStage, reading reads: [BuildResult.Stage], _ effort: Double,
    predict: () throws -> BuildPrediction
  ) async throws -> BuildResult.Stage {
    let settings = stage.settings(reads.map { ($0.name, $0.entry.digest) })
    let key = BuildStage.key(settings)
    if let entry = cache.entry(key) {
      return .init(
        name: stage.name, entry: entry, prediction: nil, isUnsteady: stage.isUnsteady)
    }
    let work = try StageWork(cache, key: key, stage: stage.name)
    let prediction = try predict()
    let run = StageRun(
      inputs: Dictionary(
        uniqueKeysWithValues: reads.map { ($0.name, cache.outputPath($0.entry.key)) }),
      digests: Dictionary(uniqueKeysWithValues: reads.map { ($0.name, $0.entry.digest) }),
      directory: work.path, output: work.output, cache: cache, threads: threads,
      shouldStop: shouldStop,
      progress: { onEvent(.progress(stage.name, label: $0, done: $1, total: $2, unit: $3)) })
    let (start, peak) = (ContinuousClock.now, MemoryPeak())
    let outcome = try await stage.run(run)
    let cost = StageCost(
      seconds: (ContinuousClock.now - start) / .seconds(1), peakBytes: peak.bytes(), work: effort)
    let entry = try work.finish(outcome, stage: stage.name, cost)
    return .init(
      name: stage.name, entry: entry, prediction: prediction, isUnsteady: stage.isUnsteady)
  }
}

/// What a build tells of its progress.
package enum BuildEvent: Sendable {
  case began(_ stage: String, index: Int, of: Int)
  case progress(_ stage: String, label: String, done: Int, total: Int, unit: BuildUnit)
  case ended(BuildResult.Stage)
}
