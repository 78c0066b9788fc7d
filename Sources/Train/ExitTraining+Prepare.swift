import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// What training exits and fitting them have in common: all that comes before the parameters.
extension ExitTraining {
  struct Prepared {
    let artifact: Artifact
    /// The exits with what follows from the blocks that their tails begin as.
    let exits: [ExitRecord]
    let start: TrainingStart
    let choice: TailChoice?
    let settings: TrainingSettings
    let pool: ThreadPool
    let output: TrainedArtifact
    let writer: ArtifactWriter
    let work: WorkDirectory
    let store: CaptureStore
    let times: CaptureTimes?
    /// The tokens that the exits can answer with; nil for all.
    let exitTokens: ExitTokens?
    /// The time when the store was there.
    let captured: ContinuousClock.Instant
  }

  /// - Throws: `InputError` and `SettingError` for what cannot be done, most of it before the capture.
  func prepare() throws -> Prepared {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    // Where the start is searched for, any is right until that is done.
    var start = try TrainingStart(
      exits, searchesTails ? try searched(artifact.manifest.configuration) : tailStart, artifact)
    var exits = try self.exits(start, artifact)
    try check(exits, artifact.manifest)
    let chooser = try exitVocabulary.map { try VocabularyChooser(count: $0, artifact) }
    let pool = try ThreadPool(threads: threads)
    try pool.requireProductMemory()
    let output = TrainedArtifact(
      source: artifact, target: target, force: force, type: storedType, pool: pool)
    // The target is checked before hours of training, not after.
    let writer = try output.prepare()
    var times: CaptureTimes?
    let work = try WorkDirectory(directory, apartFrom: [source, target])
    let store =
      try store.map(CaptureStore.init(opening:))
      ?? capture(exits, artifact.manifest.configuration, &times)
    try store.check(against: artifact)
    if settings.loss.stateWeight > 0 { try store.requireLastStates() }
    let captured = ContinuousClock.now
    var settings = settings
    settings.fit = exits.contains { $0.hasAffineWeights } ? fit : nil
    var choice: TailChoice?
    if searchesTails {
      let found = try TailSearch(
        artifact: artifact, store: store, settings: settings, fit: fit ?? FitSettings(),
        workers: Workers(pool)
      ).run(exits, progress: onFit)
      choice = found
      start = .initial(found.start)
      exits = try self.exits(start, artifact)
      try check(exits, artifact.manifest)
    }
    return Prepared(
      artifact: artifact, exits: exits, start: start, choice: choice, settings: settings,
      pool: pool, output: output, writer: writer, work: work, store: store, times: times,
      exitTokens: try chooser?.choose(store), captured: captured)
  }

  /// Captures what the exits learn from, or opens the capture that is there already, in `directory`/capture.
  /// Training takes it as its `store`.
  ///
  /// - Returns: the times of the capture; nil where it was there.
  /// - Throws: what training throws before its first step.
  package func captureAlone() throws -> CaptureTimes? {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    let start = try TrainingStart(
      exits, searchesTails ? try searched(artifact.manifest.configuration) : tailStart, artifact)
    let exits = try self.exits(start, artifact)
    try check(exits, artifact.manifest)
    _ = try exitVocabulary.map { try VocabularyChooser(count: $0, artifact) }
    _ = try WorkDirectory(directory, apartFrom: [source])
    var times: CaptureTimes?
    _ = try capture(exits, artifact.manifest.configuration, &times)
    return times
  }

  /// The last start that a search may choose: the one with the most blocks before it.
  private func searched(_ configuration: ModelConfiguration) throws -> TailStart {
    let chains = exits.chains.filter { $0.tailBlocks > 0 }
    guard !chains.isEmpty else {
      throw SettingError(
        .copiedBlocks, found: "exits without a tail", expected: "a tail that copies blocks")
    }
    return .blocks(
      try chains.map { try TailSearch.candidates($0, configuration, file: source).upperBound })
  }

  private func exits(_ start: TrainingStart, _ artifact: Artifact) throws -> [ExitRecord] {
    try start.records(exits, feedback: hasFeedback, artifact).map { exit in
      var exit = exit
      exit.unembedding = exitVocabulary == nil ? .shared : .vocabulary
      return exit
    }
  }

  /// What the artifact's provenance records of the exit vocabulary.
  var vocabularySettings: [(name: String, value: String)] {
    exitVocabulary.map { [("exit_vocabulary", "\($0)")] } ?? []
  }

  /// Checks all of the training that the configuration of a model without exits decides, before there is such an
  /// artifact.
  ///
  /// - Throws: `InputError` and `SettingError`, as `run` would.
  package func check(on model: Manifest) throws {
    let start = searchesTails ? try searched(model.configuration) : tailStart ?? .last
    let exits = try UntrainedExits(exits, start, model.configuration, file: source)
      .records(feedback: hasFeedback)
    try check(exits, model)
    if let exitVocabulary {
      try VocabularyChooser.check(
        count: exitVocabulary, vocabulary: model.configuration.vocabularySize)
    }
    try data.check()
    try plan(exits, model.configuration).check(model.configuration)
  }

  private func check(_ exits: [ExitRecord], _ model: Manifest) throws {
    var manifest = model
    manifest.exits = exits
    try manifest.validateExits(file: source)
    try checkTails(exits, model.configuration)
  }

  /// Blocks with a state and gated attention have no backward pass.
  private func checkTails(_ exits: [ExitRecord], _ configuration: ModelConfiguration) throws {
    for (index, exit) in exits.enumerated() where exit.body.tailBlocks > 0 {
      let mixers = exit.tailAttention(in: configuration).map(\.mixer)
      let part: String
      if mixers.contains(.convolution) {
        part = "a short convolution"
      } else if mixers.contains(.deltaNet) {
        part = "a DeltaNet"
      } else if configuration.block.outputGate {
        part = "gated attention"
      } else {
        continue
      }
      throw InputError(
        file: source, location: "exits[\(index)]", found: "a tail whose blocks have \(part)",
        expected: "another body: such blocks run in tails, but are not trained",
        advice: "Train the body norm, affine or mlp, or tails of blocks with plain attention.")
    }
  }

  private func capture(
    _ exits: [ExitRecord], _ configuration: ModelConfiguration, _ times: inout CaptureTimes?
  ) throws -> CaptureStore {
    var capture = try Capture(plan(exits, configuration))
    var watch = CaptureTimes()
    capture.onEvent = {
      watch.note($0)
      onCapture($0)
    }
    let store = try capture.run()
    times = watch.finish()
    return store
  }

  private func plan(
    _ exits: [ExitRecord], _ configuration: ModelConfiguration
  ) -> CapturePlan {
    var plan = CapturePlan(
      model: source, directory: "\(directory)/capture", data: data,
      depths: depths(exits, configuration))
    plan.topK = topK
    plan.largestStore = largestStore
    plan.threads = threads
    return plan
  }

  /// The depths that are captured: those that exits read, of feedback those that it may come from, and the last where
  /// a loss compares with it.
  private func depths(_ exits: [ExitRecord], _ configuration: ModelConfiguration) -> [Int] {
    var depths = Set(exits.filter { $0.reads == .model }.map(\.depth))
    if let feedback = exits.first?.feedback {
      // A search chooses only after the capture.
      depths.formUnion(
        searchesTails ? exits[0].depth...feedback.depth : feedback.depth...feedback.depth)
    }
    if settings.loss.stateWeight > 0 { depths.insert(configuration.blockCount) }
    return depths.sorted()
  }

  /// The step that the artifact's provenance records.
  func step(
    _ name: String, _ prepared: Prepared, _ settings: [(name: String, value: String)]
  ) throws -> ProvenanceStep {
    var shared = [
      ("exits", prepared.exits.map { "\($0.depth)=\($0.body)" }.joined(separator: ",")),
      ("start", prepared.start.description),
    ]
    if let choice = prepared.choice { shared.append(("init", choice.json.text(pretty: false))) }
    return ProvenanceStep(
      step: name,
      inputs: [
        .init(
          name: ArtifactLayout.manifest, digest: try prepared.artifact.manifestDigest()),
        .init(
          name: "capture.json",
          digest: try FileDigest(ofFile: "\(prepared.store.path)/capture.json")),
      ],
      settings: shared + settings)
  }
}
