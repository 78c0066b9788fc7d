import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Trains exits on a capture store, from the beginning or from a snapshot.
package final class Trainer {
  package let exits: [ExitRecord]
  let settings: TrainingSettings
  package let network: TrainableExits
  let evaluator: Evaluator
  let store: CaptureStore
  /// The tokens that the exits can answer with; nil for all.
  let exitTokens: ExitTokens?
  let loss: DistillationLoss
  /// The loss of the last hidden states; nil without one.
  let stateLoss: StateLoss?
  let optimizer: AdamW
  let reader: BatchReader
  var order: BatchOrder
  package let snapshot: TrainingSnapshot
  var temperatures: [Double] = []
  let gradients: [MatrixView]  // for each exit [rows, hidden]
  private let rows: Int
  /// The parameters with the best held-out loss so far.
  package private(set) var best: FloatBuffer
  package var state: TrainingState
  /// The tokens and the time of this run's steps alone.
  private(set) var stepTokens = 0
  private(set) var stepSeconds = 0.0

  /// Resumes from the snapshot in the directory, if there is one.
  ///
  /// - Parameters:
  ///   - exitTokens: the tokens that the exits can answer with; nil for all.
  ///   - directory: an existing directory for the snapshot.
  /// - Throws: `InputError` for a store that these exits cannot be trained on, and for a snapshot of another
  ///   run.
  package init(
    _ artifact: Artifact, _ store: CaptureStore, exits: [ExitRecord], start: TrainingStart,
    exitTokens: ExitTokens? = nil, settings: TrainingSettings, directory: String, pool: ThreadPool
  ) throws {
    self.exits = exits
    self.exitTokens = exitTokens
    self.settings = settings
    self.store = store
    let configuration = artifact.manifest.configuration
    let workers = Workers(pool)
    rows = settings.batchTokens
    let judged = try JudgedExits(
      artifact, store, exits: exits, start: start, exitTokens: exitTokens, settings: settings,
      workers: workers)
    (network, loss, evaluator) = (judged.network, judged.loss, judged.evaluator)
    let hasStateLoss = settings.loss.stateWeight > 0
    reader = try BatchReader(store, for: network, hasLast: hasStateLoss)
    stateLoss =
      hasStateLoss
      ? try StateLoss(
        artifact, weight: settings.loss.stateWeight, rows: settings.batchTokens, workers: workers)
      : nil
    order = BatchOrder(try Self.texts(in: store), rows: rows, seed: settings.seed)
    optimizer = AdamW(
      decay: Float(settings.decay), largestNorm: settings.largestNorm)
    let (rows, hidden) = (rows, configuration.hiddenSize)
    gradients = exits.map { _ in FloatBuffer(rows * hidden).matrix(rows, hidden) }
    best = FloatBuffer(network.parameters.count)
    best.copy(from: network.parameters.values)
    snapshot = TrainingSnapshot(
      path: "\(directory)/checkpoint.safetensors",
      identity: Self.identity(
        artifact, store, exits, start, exitTokens, settings, threads: pool.count))
    state =
      try snapshot.load(into: network.parameters, best: best, exits: exits.count)
      ?? Self.beginning(settings, batchesInEpoch: order.batchesOfFirstEpoch, exits: exits.count)
  }

  /// The state before the first step.
  private static func beginning(
    _ settings: TrainingSettings, batchesInEpoch: Int, exits: Int
  ) -> TrainingState {
    let batches = Double(batchesInEpoch) * settings.epochs
    var state = TrainingState(
      steps: settings.steps ?? max(1, Int(min(batches, 1e9)) / settings.accumulation), exits: exits)
    state.isPlanned = settings.timeBudget == nil
    return state
  }

  /// The index and length of each text to train on.
  private static func texts(in store: CaptureStore) throws -> [(index: Int, length: Int)] {
    let texts = store.sequences.enumerated().filter { $1.split == .train }
    guard !texts.isEmpty else {
      throw InputError(
        file: store.path, location: "sequences", found: "none to train on", expected: "at least one"
      )
    }
    return texts.map { ($0.offset, $0.element.length) }
  }

  /// Whether training resumed from a snapshot.
  package var isResumed: Bool { state.step > 0 }
  package var history: [TrainingRecord] { state.history }
  var parameterCount: Int { network.parameters.count }
  package var trainingTokens: Int {
    store.sequences.reduce(0) { $0 + ($1.split == .train ? $1.length : 0) }
  }

  /// - Parameters:
  ///   - shouldStop: asked after each step; if it says so, training ends with a snapshot.
  ///   - report: called after each step and each evaluation.
  package func run(
    shouldStop: () -> Bool = { false }, report: (Report) -> Void = { _ in }
  ) throws -> End {
    let started = ContinuousClock.now
    if state.step == 0 { try evaluate(report: report, rate: 0) }
    let evaluating = (ContinuousClock.now - started) / .seconds(1)
    // The snapshot may be of a run that had ended.
    if let end = end(isStopRequested: false) { return end }
    var pace = Pace(state)
    while true {
      let losses = try timed { try trainStep() }
      pace.measure(&state, settings, secondsPerEvaluation: evaluating)
      report(progress(losses, tokensPerSecond: pace.tokensPerSecond(state)))
      if isTimeToEvaluate { try evaluate(report: report, rate: schedule.rate(at: state.step - 1)) }
      let end = end(isStopRequested: shouldStop())
      if end != nil || pace.isTimeToSave(every: settings.snapshotInterval) {
        try snapshot.save(state, network.parameters, best: best)
      }
      if let end { return end }
    }
  }

  private func timed(_ step: () throws -> [Double]) rethrows -> [Double] {
    let (begun, tokens) = (ContinuousClock.now, state.tokens)
    let losses = try step()
    stepSeconds += (ContinuousClock.now - begun) / .seconds(1)
    stepTokens += state.tokens - tokens
    return losses
  }

  private func end(isStopRequested: Bool) -> End? {
    if state.isPlanned, state.step >= state.steps { return .finished }
    if let patience = settings.patience, state.evaluationsSinceBest >= patience {
      return .stoppedEarly
    }
    return isStopRequested ? .interrupted : nil
  }

  var schedule: LearningSchedule {
    LearningSchedule(
      rate: settings.rate, warmUp: max(1, Int(settings.warmUp * Double(state.steps))),
      steps: state.steps)
  }

  private var isTimeToEvaluate: Bool {
    let every = max(1, state.steps / max(1, settings.evaluations))
    guard state.isPlanned else { return false }
    return state.step % every == 0 && state.steps - state.step >= every / 2
      || state.step == state.steps
  }

  private func progress(_ losses: [Double], tokensPerSecond: Double) -> Report {
    Report(
      step: state.step, steps: state.steps, tokens: state.tokens, tokensPerSecond: tokensPerSecond,
      losses: losses, scores: state.history.last?.scores ?? [], record: nil)
  }

  private func evaluate(report: (Report) -> Void, rate: Double) throws {
    let record = TrainingRecord(
      step: state.step, tokens: state.tokens, seconds: state.seconds, rate: rate,
      losses: state.sums.map(\.mean),
      stateLosses: stateLoss == nil ? [] : state.stateSums.map(\.mean),
      scores: try evaluator.scores(),
      returned: try evaluator.scores(askRate: Evaluator.askRate))
    let mean = record.meanLoss(settings.weight)
    guard mean.isFinite else {
      throw InputError(
        file: store.path, location: "held-out texts",
        found: "a loss of \(mean) at step \(state.step)",
        expected: "a finite one",
        advice: "Lower --rate, and remove the training snapshot to start afresh."
      )
    }
    state.clearSums()
    state.history.append(record)
    if mean < state.bestLoss {
      (state.bestLoss, state.bestStep, state.evaluationsSinceBest) = (mean, state.step, 0)
      best.copy(from: network.parameters.values)
    } else {
      state.evaluationsSinceBest += 1
    }
    var note = progress([], tokensPerSecond: 0)
    note.record = record
    report(note)
  }
}
