import CleaveExits
import CleaveModel

/// What the exits say.
extension EdgeSession {
  /// The first exit that is sure enough; else the last that was looked at, where any was.
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

  /// Brings a stack up to the present token: the backfill of tokens that left earlier, and this one.
  private func catchUp(_ stack: Int) {
    // The first runs as tokens are fed.
    guard let source = model.stacks[stack].source else { return }
    catchUp(source)
    run(stack)
  }

  /// Runs what waits, and leaves the states at the doors of those that read them.
  func run(_ stack: Int) {
    guard segments[stack].run(&workspace) else { return }
    for reader in model.stacks[stack].readers where needed[reader] {
      segments[reader].append(segments[stack].states)
    }
  }

  private func answer(at index: Int) throws -> Answer {
    let (exit, end) = (model.exits[index], model.ends[index])
    catchUp(end)
    exit.apply(
      to: segments[end].states, first: segments[end].stateCount - 1, count: 1, &workspace)
    let summary = try model.unembedding(
      workspace.exit, row: 0, norm: exit.norm, temperature: Float(exit.record.temperature),
      &workspace)
    return Answer(
      token: sampling.choose(from: workspace.logits, summary, position: positions),
      source: .exit(depth: exit.record.depth), confidence: confidence(summary, of: exit.record))
  }

  /// By the exit's own signal, of the logits in the workspace.
  private func confidence(_ summary: LogitsSummary, of exit: ExitRecord) -> Float {
    switch exit.signal {
    case .maxProbability: summary.maxProbability
    case .margin: summary.margin
    case .entropy:
      summary.entropyConfidence(workspace.logits, temperature: Float(exit.temperature))
    }
  }
}
