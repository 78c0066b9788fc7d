import CleaveModel
import CleaveRuntime
import CleaveStorage
import Glibc

/// `cleave train`: captures what exits learn from, trains them and writes the model with them.
package struct ExitTraining {
  package let source: String
  package let target: String
  package var data = DataSettings()
  /// In rising depth; temperatures are fitted, thresholds stay as they are given.
  package var exits: [ExitRecord]
  package var start = ExitStart.last
  package var settings = TrainingSettings()
  /// Holds capture, checkpoint, log and curve; made when it is not there.
  package var directory: String
  /// Learn from this store, whatever made it, and capture nothing.
  package var store: String?
  /// The teacher's tokens kept at each position.
  package var topK = 32
  package var largestStore = 20 << 30
  /// Type of the trained matrices as they ship.
  package var storedType = TensorType.q8_0
  package var threads: Int?
  package var force = false

  /// Called on the thread that trains.
  package var onCapture: (CaptureEvent) -> Void = { _ in }
  package var onReport: (Trainer.Report) -> Void = { _ in }
  package var onBegin: (Beginning) -> Void = { _ in }
  /// Asked after each step; training then stops with a checkpoint.
  package var shouldStop: () -> Bool = { false }

  /// What training begins with.
  package struct Beginning: Sendable {
    package var parameters: Int
    package var trainingTokens: Int
    package var storeBytes: Int
    /// How matrix products are computed here.
    package var precision: TrainingPrecision
    /// Steps done before, when it goes on from a checkpoint.
    package var resumedAt: Int?
  }

  /// What came of it.
  package struct Result: Sendable {
    /// Nil when it was interrupted: nothing is written but the checkpoint.
    package var manifest: Manifest?
    package var end: Trainer.End
    package var history: [TrainingRecord]
    /// Of the parameters that ship, for each exit.
    package var scores: [HeldOutScore]
    package var seconds: Double
    /// Nil when a store was there already.
    package var capture: CaptureTimes?
    /// Tokens trained on by this run, and the time of its steps alone: no evaluations, no checkpoints.
    package var stepTokens: Int
    package var stepSeconds: Double
    package var peakBytes: Int
  }

  package init(source: String, target: String, exits: [ExitRecord], directory: String) {
    self.source = source
    self.target = target
    self.exits = exits
    self.directory = directory
  }

  package func run() throws -> Result {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    try check(artifact)
    let pool = try ThreadPool(threads: threads)
    let output = TrainedArtifact(
      source: artifact, target: target, force: force, type: storedType, pool: pool)
    // Refused before the hours, not after.
    let writer = try output.prepare()
    var times: CaptureTimes?
    let work = try WorkDirectory(directory, apartFrom: [source, target])
    let store = try store.map(CaptureStore.init(opening:)) ?? capture(&times)
    try store.check(against: artifact)
    let trainer = try Trainer(
      artifact, store, exits: exits, start: start, settings: settings, directory: directory,
      pool: pool)
    try work.write(trainer.history, exits)
    begin(trainer, store)
    let end = try trainer.run(shouldStop: shouldStop) { report in
      // Once it could be written; the next evaluation, or the end, tries again.
      if report.record != nil { try? work.write(trainer.history, exits) }
      onReport(report)
    }
    guard end != .interrupted else {
      try work.write(trainer.history, exits)
      return result(trainer, end, nil, [], times)
    }
    let scores = try trainer.finish(output)
    let manifest = try output.write(
      trainer.finishedExits, trainer.network.parameters, step: try step(artifact, store, trainer),
      data: store.dataRecord, with: writer)
    try work.write(trainer.history, exits)
    return result(trainer, end, manifest, scores, times)
  }

  private func begin(_ trainer: Trainer, _ store: CaptureStore) {
    onBegin(
      Beginning(
        parameters: trainer.parameterCount, trainingTokens: trainer.trainingTokens,
        storeBytes: store.totalBytes, precision: settings.precision,
        resumedAt: trainer.isResumed ? trainer.state.step : nil))
  }

  private func check(_ artifact: Artifact) throws {
    guard artifact.manifest.exits.isEmpty else {
      throw InputError(
        file: source, location: "exits", found: "\(artifact.manifest.exits.count) of them already",
        expected: "a model without exits", advice: "Train on the model they were added to.")
    }
    try TrainableFamily.check(exits, artifact)
    var manifest = artifact.manifest
    manifest.exits = exits
    try manifest.validateExits(file: source)
  }

  private func capture(_ times: inout CaptureTimes?) throws -> CaptureStore {
    let depths = exits.filter { $0.reads == .model }.map(\.depth)
    var plan = CapturePlan(
      model: source, directory: "\(directory)/capture", data: data, depths: depths)
    plan.topK = topK
    plan.largestStore = largestStore
    plan.threads = threads
    var capture = try Capture(plan)
    var watch = CaptureTimes()
    capture.onEvent = {
      watch.note($0)
      onCapture($0)
    }
    let store = try capture.run()
    times = watch.finish()
    return store
  }

  private func step(
    _ artifact: Artifact, _ store: CaptureStore, _ trainer: Trainer
  ) throws -> ProvenanceStep {
    ProvenanceStep(
      step: "train",
      inputs: [
        .init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest()),
        .init(name: "capture.json", digest: try FileDigest(ofFile: "\(store.path)/capture.json")),
      ],
      settings: [
        ("exits", exits.map { "\($0.depth)=\($0.body)" }.joined(separator: ",")),
        ("start", start.rawValue), ("steps", "\(trainer.state.steps)"),
        ("best_step", "\(trainer.state.bestStep)"), ("tokens", "\(trainer.state.tokens)"),
        ("stored_type", storedType.rawValue), ("identity", trainer.identity),
      ])
  }

  private func result(
    _ trainer: Trainer, _ end: Trainer.End, _ manifest: Manifest?, _ scores: [HeldOutScore],
    _ times: CaptureTimes?
  ) -> Result {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Result(
      manifest: manifest, end: end, history: trainer.history, scores: scores,
      seconds: trainer.state.seconds, capture: times, stepTokens: trainer.stepTokens,
      stepSeconds: trainer.stepSeconds, peakBytes: usage.ru_maxrss * 1024)
  }
}
