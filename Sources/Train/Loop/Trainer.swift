import CleaveKernels
import CleaveModel
import CleaveRuntime

/// Trains exits on a captured store, from the start or from a checkpoint.
public final class Trainer {
  public let exits: [ExitRecord]
  let settings: TrainingSettings
  package let network: ExitNetwork
  let evaluator: Evaluator
  private let store: CaptureStore
  private let loss: DistillationLoss
  private let optimizer: AdamW
  private let reader: BatchReader
  private var order: BatchOrder
  package let checkpoint: Checkpoint
  var temperatures: [Double] = []
  private let gradients: [MatrixView]  // for each exit [rows, hidden]
  private let rows: Int
  /// The parameters with the best held-out loss.
  package private(set) var best: FloatBuffer
  package private(set) var state: TrainingState

  /// What is told after each step.
  public struct Report: Sendable {
    public var step: Int
    public var steps: Int
    public var tokens: Int
    /// Of this run.
    public var tokensPerSecond: Double
    /// Of the last step, for each exit.
    public var losses: [Double]
    /// Of the last evaluation.
    public var scores: [HeldOutScore]
    /// An evaluation was just made.
    public var record: TrainingRecord?
  }

  /// Why training ended.
  public enum End: Sendable {
    case finished, stoppedEarly, interrupted
  }

  /// - Parameter directory: where the checkpoint stands; must exist.
  public init(
    _ artifact: Artifact, _ store: CaptureStore, exits: [ExitRecord], start: ExitStart,
    settings: TrainingSettings, directory: String, pool: ThreadPool
  ) throws {
    self.exits = exits
    self.settings = settings
    self.store = store
    let configuration = artifact.manifest.configuration
    let workers = Workers(pool)
    let texts = store.sequences.enumerated().filter { $1.split == .train }
    rows = max(settings.batchTokens, store.sequences.map(\.length).max() ?? 0)
    network = ExitNetwork(
      configuration, exits: exits, rows: rows, workers: workers, precision: settings.precision)
    try start.fill(network.parameters, exits: exits, from: artifact)
    let unembedding = TokenRows(try artifact.unembedding(), workers: workers)
    loss = DistillationLoss(settings.loss, unembedding: unembedding, work: network.work)
    evaluator = try Evaluator(
      store, network, loss, rows: rows, tokens: settings.heldOutTokens)
    reader = try BatchReader(store, depths: network.depths, rows: rows)
    guard !texts.isEmpty else {
      throw InputError(
        file: store.path, place: "sequences", found: "none to train on", expected: "at least one")
    }
    order = BatchOrder(
      texts.map { ($0.offset, $0.element.length) }, rows: rows, seed: settings.seed)
    optimizer = AdamW(
      decay: Float(settings.decay), largestNorm: settings.largestNorm)
    let (rows, hidden) = (rows, configuration.hiddenSize)
    gradients = exits.map { _ in FloatBuffer(rows * hidden).matrix(rows, hidden) }
    best = FloatBuffer(network.parameters.count)
    checkpoint = Checkpoint(
      path: "\(directory)/checkpoint.safetensors",
      identity: Self.identity(artifact, store, exits, start, settings, threads: pool.count))
    let epochs = Double(order.batchesOfEpoch) * settings.epochs
    var steps = settings.steps ?? max(1, Int(epochs) / settings.accumulation)
    // Long enough to see the pace.
    if settings.timeBudget != nil { steps = max(steps, Self.paceSteps) }
    state = TrainingState(steps: steps, exits: exits.count)
    if let saved = try checkpoint.load(
      into: network.parameters, best: best, exits: exits.count)
    {
      state = saved
    }
  }

  /// Whether it goes on from a checkpoint.
  public var isResumed: Bool { state.step > 0 }
  public var history: [TrainingRecord] { state.history }
  public var parameterCount: Int { network.parameters.count }
  public var trainingTokens: Int {
    store.sequences.reduce(0) { $0 + ($1.split == .train ? $1.length : 0) }
  }

  /// - Parameters:
  ///   - shouldStop: asked after each step; training then ends with a checkpoint.
  public func run(
    shouldStop: () -> Bool = { false }, report: (Report) -> Void = { _ in }
  ) throws -> End {
    let clock = ContinuousClock()
    let (start, before, tokensBefore) = (clock.now, state.seconds, state.tokens)
    var saved = start
    if state.step == 0 { try evaluate(report: report, rate: 0) }
    while state.step < state.steps {
      // Also when it goes on after it had stopped: another step might change the best.
      guard !isStalled else {
        try checkpoint.save(state, network.parameters, best: best)
        return .stoppedEarly
      }
      let losses = try trainStep()
      let spent = (clock.now - start) / .seconds(1)
      state.seconds = before + spent
      planSteps()
      report(
        Report(
          step: state.step, steps: state.steps, tokens: state.tokens,
          tokensPerSecond: Double(state.tokens - tokensBefore) / max(spent, 1e-9), losses: losses,
          scores: state.history.last?.scores ?? [], record: nil))
      if isTimeToEvaluate { try evaluate(report: report, rate: schedule.rate(at: state.step - 1)) }
      let stop = shouldStop()
      if stop || clock.now - saved >= .seconds(settings.checkpointInterval) {
        try checkpoint.save(state, network.parameters, best: best)
        saved = clock.now
      }
      if stop { return .interrupted }
    }
    try checkpoint.save(state, network.parameters, best: best)
    return .finished
  }

  private var schedule: LearningSchedule {
    LearningSchedule(
      rate: settings.rate, warmUp: max(1, Int(settings.warmUp * Double(state.steps))),
      steps: state.steps)
  }

  private var isTimeToEvaluate: Bool {
    let every = max(1, state.steps / max(1, settings.evaluations))
    return state.step % every == 0 && state.steps - state.step >= every / 2
      || state.step == state.steps
  }

  private var isStalled: Bool {
    settings.patience.map { state.evaluationsSinceBest >= $0 } ?? false
  }

  /// With a time budget: as many steps as fit, by the pace of the first ones.
  private func planSteps() {
    guard let budget = settings.timeBudget, state.step == Self.paceSteps else { return }
    let pace = max(state.seconds, 1e-6) / Double(state.step)
    state.steps = max(state.step + 1, Int(budget / pace))
  }
  static let paceSteps = 10

  /// One step of the optimizer.
  ///
  /// - Returns: the mean loss of each exit.
  private func trainStep() throws -> [Double] {
    var losses = [Double](repeating: 0, count: exits.count)
    for _ in 0..<settings.accumulation {
      let part = try trainBatch(order.next(&state.place))
      for index in losses.indices { losses[index] += part[index] / Double(settings.accumulation) }
    }
    let rate = schedule.rate(at: state.step)
    _ = optimizer.step(network.parameters, step: state.step, rate: rate, network.work.workers)
    state.step += 1
    guard losses.allSatisfy(\.isFinite) else {
      throw InputError(
        file: checkpoint.path, place: "step \(state.step)", found: "a loss of \(losses)",
        expected: "finite ones", advice: "Lower --rate; the checkpoint before is intact.")
    }
    return losses
  }

  private func trainBatch(_ texts: [Int]) throws -> [Double] {
    let batch = try reader.read(texts, promptWeight: settings.loss.promptWeight)
    state.tokens += batch.layout.rows
    guard !batch.rows.isEmpty else { return exits.map { _ in 0 } }
    network.begin(batch.layout)
    let normed = network.forward(batch.states, rows: batch.rows)
    var random = CounterRandom(
      seed: settings.seed, 2, UInt64(state.place.epoch), UInt64(state.place.batch))
    let candidates = CandidateSet(
      batch.teacher, vocabulary: network.configuration.vocabularySize,
      negatives: settings.loss.negatives, &random)
    let weight = batch.teacher.weights.reduce(0, +)
    let parts = gradients.map { $0.rows(0..<batch.rows.count) }
    var losses: [Double] = []
    for (exit, normed) in normed.enumerated() {
      let results = loss(
        normed, batch.teacher, candidates, scale: 1 / (weight * Float(settings.accumulation)),
        gradient: parts[exit])
      var sum = 0.0
      for (result, weight) in zip(results, batch.teacher.weights) {
        sum += Double(result.loss * weight)
      }
      losses.append(sum / Double(weight))
      state.sums[exit].loss += sum
      state.sums[exit].weight += Double(weight)
    }
    network.backward(parts)
    return losses
  }

  private func evaluate(report: (Report) -> Void, rate: Double) throws {
    let scores = try evaluator.scores()
    let record = TrainingRecord(
      step: state.step, tokens: state.tokens, seconds: state.seconds, rate: rate,
      losses: state.sums.map(\.mean), scores: scores)
    state.sums = exits.map { _ in LossSum() }
    state.history.append(record)
    let mean = scores.reduce(0) { $0 + $1.loss } / Double(scores.count)
    if mean < state.bestLoss {
      (state.bestLoss, state.bestStep, state.evaluationsSinceBest) = (mean, state.step, 0)
      best.copy(from: network.parameters.values)
    } else {
      state.evaluationsSinceBest += 1
    }
    report(
      Report(
        step: state.step, steps: state.steps, tokens: state.tokens, tokensPerSecond: 0, losses: [],
        scores: scores, record: record))
  }
}
