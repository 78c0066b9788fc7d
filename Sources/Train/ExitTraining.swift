import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import Glibc

/// The work of `cleave train` and `cleave exits fit`: it captures what exits learn from, trains them, or only fits
/// their maps, and writes the model with them.
package struct ExitTraining {
  package let source: String
  package let target: String
  package var data = DataSettings()
  /// The exits to train, in rising depth. Their temperatures are fitted; their thresholds stay.
  package var exits: [ExitRecord]
  /// The blocks that tails begin as copies of; nil for the last ones, or for the weights that the exits have
  /// where `exits add` attached them.
  package var tailStart: TailStart?
  /// Whether the blocks that tails begin as are chosen by trying them, instead of `tailStart`.
  package var searchesTails = false
  /// How maps are fitted before training or without it; nil begins with maps that change nothing.
  package var fit: FitSettings?
  /// Whether the first exit, which has a tail then, gets hidden states back from the cloud.
  package var hasFeedback = false
  /// The number of tokens in the exits' vocabulary; nil for all of the model's.
  package var exitVocabulary: Int?
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
  package var onFit: (FitEvent) -> Void = { _ in }
  package var onReport: (Trainer.Report) -> Void = { _ in }
  package var onBegin: (Beginning) -> Void = { _ in }
  /// Asked after each step; if it says so, training stops with a snapshot.
  package var shouldStop: () -> Bool = { false }

  /// The sizes that training begins with.
  package struct Beginning: Sendable {
    package var parameters: Int
    package var trainingTokens: Int
    package var storeBytes: Int
    /// What the exit vocabulary covers; nil without one.
    package var coverage: VocabularyCoverage?
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
    /// The same where the cloud is asked about some of the tokens; empty where no exit has feedback.
    package var returned: [HeldOutScore] = []
    package var seconds: Double
    /// The maps fitted before training; empty where none were, or where training resumed.
    package var maps: [FittedMap]
    /// The choice of the blocks that tails began as; nil where it was given.
    package var choice: TailChoice?
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
    let prepared = try prepare()
    let (exits, store, work) = (prepared.exits, prepared.store, prepared.work)
    let trainer = try Trainer(
      prepared.artifact, store, exits: exits, start: prepared.start,
      exitTokens: prepared.exitTokens, settings: prepared.settings, directory: directory,
      pool: prepared.pool)
    let maps = trainer.isResumed ? [] : try trainer.fit(prepared.artifact, progress: onFit)
    try work.write(trainer.history, exits)
    try begin(trainer, store)
    let end = try train(trainer, work)
    var outcome = result(trainer, end, prepared)
    outcome.maps = maps
    guard end != .interrupted else {
      try work.write(trainer.history, exits)
      return outcome
    }
    (outcome.scores, outcome.returned) = try trainer.finish(prepared.output)
    // Before the artifact is put in place: a command that fails has changed nothing.
    try work.write(trainer.history, exits)
    outcome.manifest = try prepared.output.write(
      trainer.finishedExits, trainer.network.parameters,
      step: try step("train", prepared, settings(of: trainer)), data: store.dataRecord,
      exitTokens: prepared.exitTokens, with: prepared.writer)
    return outcome
  }

  /// Trains, and keeps log and learning curve up to date.
  private func train(_ trainer: Trainer, _ work: WorkDirectory) throws -> Trainer.End {
    try trainer.run(shouldStop: shouldStop) { report in
      // Where this fails, the next evaluation or the end of training writes again.
      if report.record != nil { try? work.write(trainer.history, trainer.exits) }
      onReport(report)
    }
  }

  private func begin(_ trainer: Trainer, _ store: CaptureStore) throws {
    onBegin(
      Beginning(
        parameters: trainer.parameterCount, trainingTokens: trainer.trainingTokens,
        storeBytes: store.totalBytes,
        coverage: try trainer.exitTokens.map { try VocabularyCoverage($0, store) },
        precision: settings.precision,
        resumedAt: trainer.isResumed ? trainer.state.step : nil))
  }

  private func settings(of trainer: Trainer) -> [(name: String, value: String)] {
    [
      ("steps", "\(trainer.state.steps)"), ("best_step", "\(trainer.state.bestStep)"),
      ("tokens", "\(trainer.state.tokens)"), ("stored_type", storedType.rawValue),
      ("identity", trainer.identity),
    ] + (trainer.settings.fit.map { [("fit", $0.json.text(pretty: false))] } ?? [])
      + vocabularySettings
  }

  private func result(_ trainer: Trainer, _ end: Trainer.End, _ prepared: Prepared) -> Result {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Result(
      manifest: nil, end: end, history: trainer.history, scores: [],
      seconds: trainer.state.seconds, maps: [], choice: prepared.choice, capture: prepared.times,
      stepTokens: trainer.stepTokens, stepSeconds: trainer.stepSeconds,
      peakBytes: usage.ru_maxrss * 1024)
  }
}
