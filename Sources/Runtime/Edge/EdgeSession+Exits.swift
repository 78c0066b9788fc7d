import CleaveExits
import CleaveModel

/// Asking the exits for an answer.
extension EdgeSession {
  /// Asks the exits in rising depth until one is sure.
  ///
  /// - Returns: the answer of the first exit that is sure; else that of the last exit asked, if any was.
  func askExits() throws -> (best: Answer?, isSure: Bool) {
    var best: Answer?
    let sure = try policy.firstSure { exit in
      let answer = try answer(at: exit)
      best = answer
      return answer.confidence
    }
    if sure != nil { return (best, true) }
    guard options.drafts, let deepest = model.exits.last else { return (best, false) }
    if best?.source != .exit(depth: deepest.record.depth) {
      best = try answer(at: model.exits.count - 1)
    }
    return (best, false)
  }

  /// Brings a stack up to the present token: first the tokens that an earlier exit answered, then this one.
  private func catchUp(_ stack: Int) throws {
    // The first runs as tokens are fed.
    guard let source = model.stacks[stack].source else { return }
    try catchUp(source)
    try run(stack)
  }

  /// Runs the columns pending at a stack and appends the results to the stacks that read them.
  func run(_ stack: Int) throws {
    guard engines[stack].run(&workspace) else { return }
    for reader in model.stacks[stack].readers where needed[reader] {
      try engines[reader].append(
        outputOf: engines[stack], through: model.stacks[reader].map, &workspace)
    }
  }

  private func answer(at index: Int) throws -> Answer {
    let (exit, end) = (model.exits[index], model.ends[index])
    try catchUp(end)
    exit.apply(
      to: engines[end].states, first: engines[end].columnCount - 1, count: 1, &workspace)
    let summary = try reader.summary(
      of: workspace.exit, row: 0, OutputHead(norm: exit.norm, unembedding: model.unembedding),
      temperature: Float(exit.record.temperature))
    return Answer(
      token: sampling.choose(from: reader.logits, summary, position: positions),
      source: .exit(depth: exit.record.depth), confidence: confidence(summary, of: exit.record))
  }

  /// The confidence of an exit by its own signal, from the logits that were read last.
  private func confidence(_ summary: LogitsSummary, of exit: ExitRecord) -> Float {
    switch exit.signal {
    case .maxProbability: summary.maxProbability
    case .margin: summary.margin
    case .entropy:
      summary.entropyConfidence(reader.logits, temperature: Float(exit.temperature))
    }
  }
}
