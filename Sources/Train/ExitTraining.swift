import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import Glibc

/// The work of `cleave train`: it captures what exits learn from, trains them and writes the model with them.
package struct ExitTraining {
  package let source: String
  package let target: String
  package var data = DataSettings()
  /// The exits to train, in rising depth. Their temperatures are fitted; their thresholds stay.
  package var exits: [ExitRecord]
  /// The blocks that tails begin as copies of; nil for the last ones, or for the weights that the exits have
  /// where `exits add` attached them.
  package var tailStart: TailStart?
  package var settings = TrainingSettings()
  /// The directory of capture, snapshot, log and learning curve. It is made where there is none.
  package var directory: String
  /// A capture store to learn from; nil captures one.
  package var store: String?
  /// The number of the teacher's tokens that are kept at each position.
  package var topK = 32
  /// The most bytes of the capture store.
  package var largestStore = 20 << 30
  /// The type that trained matrices are stored in.
  package var storedType = TensorType.q8_0
  package var threads: Int?
  package var force = false

  /// Told of progress, on the thread that trains.
  package var onCapture: (CaptureEvent) -> Void = { _ in }
  package var onReport: (Trainer.Report) -> Void = { _ in }
  package var onBegin: (Beginning) -> Void = { _ in }
  /// Asked after each step; if it says so, training stops with a snapshot.
  package var shouldStop: () -> Bool = { false }

  /// The sizes that training begins with.
  package struct Beginning: Sendable {
    package var parameters: Int
    package var trainingTokens: Int
    package var storeBytes: Int
    /// The precision of matrix products on this machine.
    package var precision: TrainingPrecision
    /// The number of steps done before, when training resumes from a snapshot.
    package var resumedAt: Int?
  }

  /// The outcome of a training.
  package struct Result: Sendable {
    /// The manifest written; nil when training was interrupted and only the snapshot was written.
    package var manifest: Manifest?
    package var end: Trainer.End
    package var history: [TrainingRecord]
    /// The scores of each exit as it ships.
    package var scores: [HeldOutScore]
    package var seconds: Double
    /// The times of the capture; nil when a store was there already.
    package var capture: CaptureTimes?
    /// The number of tokens that this run trained on.
    package var stepTokens: Int
    /// The time of this run's steps alone, without evaluations and snapshots.
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
    let start = try TrainingStart(exits, tailStart, artifact)
    try check(artifact)
    let pool = try ThreadPool(threads: threads)
    let output = TrainedArtifact(
      source: artifact, target: target, force: force, type: storedType, pool: pool)
    // The target is checked before hours of training, not after.
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
    let end = try train(trainer, work)
    guard end != .interrupted else {
      try work.write(trainer.history, exits)
      return result(trainer, end, nil, [], times)
    }
    let scores = try trainer.finish(output)
    let manifest = try output.write(
      trainer.finishedExits, trainer.network.parameters,
      step: try step(artifact, store, start, trainer),
      data: store.dataRecord, with: writer)
    try work.write(trainer.history, exits)
    return result(trainer, end, manifest, scores, times)
  }

  /// Trains, and keeps log and learning curve up to date.
  private func train(_ trainer: Trainer, _ work: WorkDirectory) throws -> Trainer.End {
    try trainer.run(shouldStop: shouldStop) { report in
      // Where this fails, the next evaluation or the end of training writes again.
      if report.record != nil { try? work.write(trainer.history, exits) }
      onReport(report)
    }
  }

  private func begin(_ trainer: Trainer, _ store: CaptureStore) {
    onBegin(
      Beginning(
        parameters: trainer.parameterCount, trainingTokens: trainer.trainingTokens,
        storeBytes: store.totalBytes, precision: settings.precision,
        resumedAt: trainer.isResumed ? trainer.state.step : nil))
  }

  private func check(_ artifact: Artifact) throws {
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
    _ artifact: Artifact, _ store: CaptureStore, _ start: TrainingStart, _ trainer: Trainer
  ) throws -> ProvenanceStep {
    ProvenanceStep(
      step: "train",
      inputs: [
        .init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest()),
        .init(name: "capture.json", digest: try FileDigest(ofFile: "\(store.path)/capture.json")),
      ],
      settings: [
        ("exits", exits.map { "\($0.depth)=\($0.body)" }.joined(separator: ",")),
        ("start", start.description), ("steps", "\(trainer.state.steps)"),
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
