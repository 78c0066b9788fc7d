import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Exits whose maps are fitted by least squares and that are not trained further.
extension ExitTraining {
  /// The outcome of a fit.
  package struct Fit: Sendable {
    package var manifest: Manifest
    package var maps: [FittedMap]
    /// The choice of the blocks that tails are copies of; nil where it was given.
    package var choice: TailChoice?
    /// The scores of each exit before the fit, with maps that change nothing.
    package var unfitted: [HeldOutScore]
    /// The scores of each exit as it ships.
    package var scores: [HeldOutScore]
    /// The same where the cloud is asked about some of the tokens; empty where no exit has feedback.
    package var returned: [HeldOutScore]
    /// The times of the capture; nil when a store was there already.
    package var capture: CaptureTimes?
    /// The time of everything after the capture.
    package var seconds: Double
  }

  /// Captures, fits the maps and writes the model with the exits. Tails stay copies of the model's blocks, in the
  /// types they have there.
  ///
  /// - Throws: `InputError` and `SettingError` for exits without a map, and for what training refuses.
  package func runFit() throws -> Fit {
    guard exits.contains(where: { $0.hasAffineWeights }), let fit else {
      throw SettingError(
        .fittedBodies, found: exits.map(\.body.description).joined(separator: ","),
        expected: "an affine body, or a tail with a map or a readout, as affine+tail:4",
        advice: "`cleave exits add` attaches other exits.")
    }
    let prepared = try prepare()
    let (artifact, store, exits) = (prepared.artifact, prepared.store, prepared.exits)
    let workers = Workers(prepared.pool)
    let judged = try JudgedExits(
      artifact, store, exits: exits, start: prepared.start, exitTokens: prepared.exitTokens,
      settings: prepared.settings, workers: workers)
    let unfitted = try judged.evaluator.scores()
    let maps = try MapFit(artifact: artifact, store: store, settings: fit, workers: workers)
      .run(judged.network, progress: onFit)
    try prepared.output.round(exits, judged.network.parameters) { $0.isAffine }
    let temperatures = try judged.evaluator.temperatures()
    let scores = try judged.evaluator.scores()
    let returned = try judged.evaluator.scores(askRate: Evaluator.askRate)
    let manifest = try prepared.output.write(
      zip(exits, temperatures).map { $0.finished(temperature: $1) }, judged.network.parameters,
      step: try step(
        "exits fit", prepared,
        [("stored_type", storedType.rawValue), ("fit", fit.json.text(pretty: false))]
          + vocabularySettings),
      data: store.dataRecord, exitTokens: prepared.exitTokens, with: prepared.writer
    ) { weight, exit in
      weight.isAffine ? nil : try prepared.start.source(of: weight, in: exit, artifact, exits)
    }
    return Fit(
      manifest: manifest, maps: maps, choice: prepared.choice, unfitted: unfitted, scores: scores,
      returned: returned,
      capture: prepared.times, seconds: (ContinuousClock.now - prepared.captured) / .seconds(1))
  }
}
