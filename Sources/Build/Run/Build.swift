import CleaveStorage

/// A build: runs the stages of a recipe that are not in the cache, and puts their outputs together.
package struct Build {
  package let recipe: BuildRecipe
  let cache: BuildCache
  package var threads: Int?
  /// The lock that the build must agree with; nil for none.
  package var lock: BuildLock?
  /// The longest wait for another build that runs the same stage; nil for any.
  package var longestWait: Duration?
  /// Asked between steps and while the build waits; if it says so, the build stops and can go on later.
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

  /// Runs every stage that is not in the cache. An export that fails is a part of the result.
  ///
  /// - Throws: what other stages throw, in the words of the recipe; `BuildStopped`; `InputError` for what is wrong with
  ///   the recipe, the checkpoint or prompts; and `BuildLock.Differs` where the lock says otherwise.
  package func run() async throws -> BuildResult {
    let files = BuildFiles(recipe)
    let list = try checkedStages(files)
    var predictor = Predictor(list, past: try cache.entries(), probe: probe)
    var (done, failures) = ([BuildResult.Stage](), [BuildResult.Failure]())
    for (index, stage) in list.stages.enumerated() {
      guard !shouldStop() else { throw BuildStopped() }
      onEvent(.began(stage.name, index: index, of: list.stages.count))
      let reads = stage.reads.map { name in done.first { $0.name == name }! }
      let result: BuildResult.Stage
      do {
        result = try await run(stage, reading: reads, list.effort(of: stage.name).work) {
          try predictor.predict(stage.name)
        }
      } catch let error where stage.isOptional && !(error is BuildStopped) {
        failures.append(.init(stage: stage.name, reason: "\(error)"))
        onEvent(.failed(stage.name, reason: "\(error)"))
        continue
      }
      try lock?.check(result)
      done.append(result)
      onEvent(.ended(result))
      try afterStage(stage.name)
    }
    return BuildResult(
      recipe: recipe, inputs: files.inputs, stages: done, failures: failures, cache: cache,
      final: list.final)
  }

  /// The stages of the recipe, with all that can be checked before any of them runs.
  func checkedStages(_ files: BuildFiles) throws -> StageList {
    let list = try StageList(recipe, files)
    try lock?.check(files.inputs)
    try lock?.check(name: recipe.name, stages: list.stages)
    if let model = files.model { try RecipeCheck(recipe: recipe, model: model).run() }
    return list
  }
}

/// What a build tells of its progress.
package enum BuildEvent: Sendable {
  case began(_ stage: String, index: Int, of: Int)
  /// Another build works in that directory of the cache.
  case waits(_ stage: String, on: String)
  case progress(_ stage: String, label: String, done: Int, total: Int, unit: BuildUnit)
  case ended(BuildResult.Stage)
  /// A stage failed that the other outputs can do without.
  case failed(_ stage: String, reason: String)
}
