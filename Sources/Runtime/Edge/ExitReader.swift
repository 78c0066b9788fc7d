/// Reads every exit at many positions of a text in one pass (teacher forcing). Results do not depend on what runs
/// together, so these are the answers that an `EdgeSession` gives there.
package struct ExitReader {
  private let model: EdgeModel
  private let numerics: Numerics
  private var workspace: Workspace
  private var reader: LogitsReader

  package init(_ model: EdgeModel, numerics: Numerics = .standard, pool: ThreadPool) {
    self.model = model
    self.numerics = numerics
    let configuration = model.manifest.configuration
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
  }

  /// Reads the exits after each of the last `count` tokens, with everything before them.
  ///
  /// - Parameter tokens: at least `count`, no more than the model has positions.
  /// - Returns: for each exit, `[count]`.
  /// - Throws: `ContextLimitError`, and `InputError` for ids outside the vocabulary or logits that are no
  ///   distribution.
  package mutating func answers(after tokens: [Int], last count: Int) throws -> [[ExitAnswer]] {
    precondition((1...tokens.count).contains(count), "positions outside the text")
    let configuration = model.manifest.configuration
    try ContextLimitError.check(tokens.count, contextLength: configuration.contextLength)
    let states = try states(of: tokens)
    return try zip(model.exits, model.ends).map { exit, end in
      try stride(from: tokens.count - count, to: tokens.count, by: Workspace.largestBatch)
        .flatMap { first in
          let rows = first..<min(first + Workspace.largestBatch, tokens.count)
          return try answers(exit, states[end], rows)
        }
    }
  }

  /// Runs all stacks.
  ///
  /// - Returns: the hidden states after each, `[tokens, hidden]`.
  private mutating func states(of tokens: [Int]) throws -> [[Float]] {
    var states: [[Float]] = []
    for stack in model.stacks {
      let engine = Engine(stack.blocks, numerics: numerics)
      if let source = stack.source {
        var input = states[source]
        stack.map?.apply(to: &input, from: 0, &workspace)
        try engine.append(input)
      } else {
        try engine.append(tokens[...], model.embedding)
      }
      engine.run(&workspace)
      states.append(engine.states)
    }
    return states
  }

  private mutating func answers(
    _ exit: ExitHead, _ states: [Float], _ rows: Range<Int>
  ) throws -> [ExitAnswer] {
    exit.apply(to: states, first: rows.lowerBound, count: rows.count, &workspace)
    return try reader.signals(
      after: workspace.exit, count: rows.count,
      OutputHead(norm: exit.norm, unembedding: model.unembedding),
      temperature: Float(exit.record.temperature)
    ).map(ExitAnswer.init)
  }
}
