import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Exits with their first parameters, the loss, and the evaluator that judges them on held-out texts.
struct JudgedExits {
  let network: TrainableExits
  let loss: DistillationLoss
  let evaluator: Evaluator

  /// - Parameter exitTokens: the tokens that the exits can answer with; nil for all.
  /// - Throws: `InputError` for a store that these exits cannot be trained on.
  init(
    _ artifact: Artifact, _ store: CaptureStore, exits: [ExitRecord], start: TrainingStart,
    exitTokens: ExitTokens? = nil, settings: TrainingSettings, workers: Workers
  ) throws {
    let rows = settings.batchTokens
    try Self.check(store, rows: rows)
    network = TrainableExits(
      artifact.manifest.configuration, exits: exits, rows: rows, workers: workers,
      precision: settings.precision, mapRate: settings.mapRate)
    try network.parameters.set(exits, to: start, from: artifact)
    let unembedding = TokenRows(
      try artifact.unembedding(), bias: try artifact.unembeddingBias()?.floats(), workers: workers)
    loss = DistillationLoss(settings.loss, unembedding: unembedding, work: network.work)
    evaluator = try Evaluator(
      store, network, loss, exitTokens: exitTokens, rows: rows, tokens: settings.heldOutTokens)
  }

  private static func check(_ store: CaptureStore, rows: Int) throws {
    let longest = store.sequences.map(\.length).max() ?? 0
    guard longest <= rows else {
      throw InputError(
        file: store.path, location: "sequences", found: "a text of \(longest) tokens",
        expected: "at most the \(rows) of a micro-batch",
        advice: "Give --batch-tokens \(longest) or more.")
    }
  }
}
