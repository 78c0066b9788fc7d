import CleaveModel
import CleaveRuntime

extension Calibration {
  func result(_ tuned: Tuned, _ modes: Modes) async throws -> Result {
    let record = record(tuned, modes)
    let samples = try await SampleRun(self, tuned.signal).run(modes)
    let evidence = CalibrationEvidence(
      command: settings.command, sources: split.sources,
      tuning: split.digests(split.tuning), calibration: split.digests(split.calibration),
      candidates: modes.candidates, standaloneCandidates: modes.standaloneCandidates,
      frontiers: tuned.frontiers, exits: try exits(tuned.signal), traffic: samples.traffic,
      samples: samples.samples)
    return Result(record: record, evidence: evidence, signal: tuned.signal)
  }

  private func record(_ tuned: Tuned, _ modes: Modes) -> CalibrationRecord {
    var manifest = pair.artifact.manifest
    for index in manifest.exits.indices { manifest.exits[index].signal = tuned.signal }
    return CalibrationRecord(
      weightsSHA256: CalibratedWeights.sha256(of: manifest),
      activations: settings.numerics.activations.rawValue,
      kvCache: settings.numerics.cache.rawValue, loss: settings.loss.recorded,
      setting: CalibrationSetting(
        maxTokens: settings.maxTokens, longestPrompt: settings.longestPrompt,
        usesChatTemplate: settings.usesChatTemplate),
      tuning: split.data(split.tuning), calibration: split.data(split.calibration),
      collaborative: modes.collaborative.mode, standalone: modes.standalone.mode)
  }

  /// How confident and how often right each exit is, along the whole model's answers to the calibration
  /// prompts.
  private func exits(_ signal: ExitRecord.Signal) throws -> [CalibrationEvidence.Exit] {
    let records = pair.artifact.manifest.exits
    let off = SignalPolicy.off(exits: records.count, signal: signal)
    let walks = try recording.walks(off, of: split.calibration)
    return records.enumerated().map { index, record in
      var places: [(answer: ExitAnswer, isRight: Bool)] = []
      for (prompt, walk) in zip(split.calibration, walks) {
        for step in walk.steps {
          let answer = recording.tree(of: prompt).answer(of: index, at: step.node)
          places.append((answer, answer.token == step.truth))
        }
      }
      let counts = places.map { (Double($0.answer.confidence(signal)), $0.isRight) }
        .histogram(bins: 20)
      return .init(
        depth: record.depth, temperature: record.temperature,
        before: places.map { (Double($0.answer.plainMaxProbability), $0.isRight) }
          .histogram(bins: 15),
        after: places.map { (Double($0.answer.maxProbability), $0.isRight) }
          .histogram(bins: 15),
        signalTokens: counts.map(\.tokens), signalRight: counts.map(\.right))
    }
  }
}

extension [(confidence: Double, isRight: Bool)] {
  /// The answers in bins of equal width by confidence, from 0 to 1.
  fileprivate func histogram(bins count: Int) -> [CalibrationEvidence.Exit.Bin] {
    var bins = Swift.Array(repeating: (tokens: 0, right: 0, sum: 0.0), count: count)
    for location in self {
      let bin = Swift.min(count - 1, Swift.max(0, Int(location.confidence * Double(count))))
      bins[bin].tokens += 1
      bins[bin].right += location.isRight ? 1 : 0
      bins[bin].sum += location.confidence
    }
    return bins.map {
      .init(
        tokens: $0.tokens, right: $0.right,
        confidence: $0.tokens > 0 ? Swift.min(1, $0.sum / Double($0.tokens)) : 0)
    }
  }
}
