/// Asks every exit at many places of a text in one pass (teacher forcing). What runs together does not
/// change a bit, so these are the answers an `EdgeSession` gives there.
package struct ExitReader {
  private let model: EdgeModel
  private let numerics: Numerics
  private var workspace: Workspace

  package init(_ model: EdgeModel, numerics: Numerics = .standard, pool: ThreadPool) {
    self.model = model
    self.numerics = numerics
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
  }

  /// The answers after each of the last `count` tokens, with everything before them.
  ///
  /// - Parameter tokens: at least `count`, no more than the model has positions.
  /// - Returns: for each exit, `[count]`.
  /// - Throws: `ContextLimitError`, and `InputError` for ids outside the vocabulary or logits that are no
  ///   distribution.
  package mutating func answers(after tokens: [Int], last count: Int) throws -> [[ExitAnswer]] {
    precondition((1...tokens.count).contains(count), "places outside the text")
    let configuration = model.manifest.configuration
    try ContextLimitError.check(tokens.count, contextLength: configuration.contextLength)
    let states = try states(of: tokens)
    return try zip(model.exits, model.ends).map { exit, end in
      try (tokens.count - count..<tokens.count).map { try answer(exit, states[end], row: $0) }
    }
  }

  /// After each stack, `[tokens, hidden]`.
  private mutating func states(of tokens: [Int]) throws -> [[Float]] {
    var states: [[Float]] = []
    for stack in model.stacks {
      let engine = Engine(stack.blocks, numerics: numerics)
      if let source = stack.source {
        try engine.append(states[source])
      } else {
        try engine.append(tokens[...], model.embedding)
      }
      engine.run(&workspace)
      states.append(engine.states)
    }
    return states
  }

  private mutating func answer(
    _ exit: ExitHead, _ states: [Float], row: Int
  ) throws -> ExitAnswer {
    exit.apply(to: states, first: row, count: 1, &workspace)
    let temperature = Float(exit.record.temperature)
    let summary = try model.unembedding(
      workspace.exit, row: 0, norm: exit.norm, temperature: temperature, &workspace)
    let plain = temperature == 1 ? summary : try LogitsSummary(workspace.logits)
    return ExitAnswer(
      token: summary.token, maxProbability: summary.maxProbability, margin: summary.margin,
      entropyConfidence: summary.entropyConfidence(workspace.logits, temperature: temperature),
      plainMaxProbability: plain.maxProbability)
  }
}
