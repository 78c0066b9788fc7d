import CleaveExits
import CleaveModel

/// Asking the exits for an answer.
extension EdgeSession {
  /// Asks the exits in rising depth until one is sure.
  ///
  /// - Parameter past: a position before the present one that is decided again; what it stands on was fed again.
  /// - Returns: the answer of the first exit that is sure; else that of the last exit asked, if any was.
  func askExits(again past: Int? = nil) throws -> (best: Answer?, isSure: Bool) {
    var best: Answer?
    let sure = try policy.firstSure { exit in
      let answer = try answer(at: exit, past)
      best = answer
      return answer.confidence
    }
    if sure != nil { return (best, true) }
    guard options.drafts, let deepest = model.exits.last else { return (best, false) }
    if best?.source != .exit(depth: deepest.record.depth) {
      best = try answer(at: model.exits.count - 1, past)
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
    let first = engines[stack].positions() - engines[stack].columnCount
    for reader in model.stacks[stack].readers where needed[reader] {
      // What has come back stands in place of the first of them.
      let known = engines[reader].positions() - first
      if known == 0 {
        try engines[reader].append(
          outputOf: engines[stack], through: model.stacks[reader].map, &workspace)
      } else {
        let hidden = model.manifest.configuration.hiddenSize
        try append(engines[stack].states.dropFirst(known * hidden), to: reader)
      }
    }
  }

  /// Appends hidden states to what a stack runs next, through its map.
  ///
  /// - Parameter states: of the stack that it reads, `[count, hidden]`.
  func append(_ states: ArraySlice<Float>, to reader: Int) throws {
    var input = Array(states)
    model.stacks[reader].map?.apply(to: &input, from: 0, &workspace)
    try engines[reader].append(input)
  }

  private func answer(at index: Int, _ past: Int?) throws -> Answer {
    let (exit, end) = (model.exits[index], model.ends[index])
    try catchUp(end)
    if let past, end == 0, let state = effect?.own(past - 1..<past) {
      // The first stack is not fed again.
      exit.apply(to: Array(state), first: 0, count: 1, &workspace)
    } else {
      exit.apply(
        to: engines[end].states, first: engines[end].columnCount - 1, count: 1, &workspace)
    }
    let position = past ?? positions
    let choice = try reader.choose(
      TokenRequest(sampling: sampling, position: position), after: workspace.exit, row: 0,
      model.head(ofExit: index, text: text?.before(position)),
      temperature: Float(exit.record.temperature))
    return Answer(
      token: choice.token, source: .exit(depth: exit.record.depth),
      confidence: confidence(choice.summary, of: exit.record))
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
