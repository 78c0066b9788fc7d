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
  /// - Parameters:
  ///   - tokens: at least `count`, no more than the model has positions.
  ///   - returned: what has come back from the cloud at each of the `count` places; nil for nothing.
  /// - Returns: for each exit, `[count]`.
  /// - Throws: `ContextLimitError`, and `InputError` for ids outside the vocabulary or logits that are no
  ///   distribution.
  package mutating func answers(
    after tokens: [Int], last count: Int, returned: ReturnedStates? = nil
  ) throws -> [[ExitAnswer]] {
    precondition((1...tokens.count).contains(count), "positions outside the text")
    let configuration = model.manifest.configuration
    try ContextLimitError.check(tokens.count, contextLength: configuration.contextLength)
    let states = try states(of: tokens, last: count, returned ?? .none(places: count))
    var text = TextTokens(model.vocabulary)
    text?.append(tokens)
    return try zip(model.exits.indices, model.ends).map { exit, end in
      try stride(from: 0, to: count, by: Workspace.largestBatch).flatMap { first in
        try answers(
          exit, states[end], first..<min(first + Workspace.largestBatch, count),
          { text?.before(tokens.count - count + $0 + 1) })
      }
    }
  }

  /// Runs all stacks.
  ///
  /// - Returns: the hidden states after each at the last `count` positions, `[count, hidden]`.
  private mutating func states(
    of tokens: [Int], last count: Int, _ returned: ReturnedStates
  ) throws -> [[Float]] {
    let width = model.manifest.configuration.hiddenSize
    let fed = Set(model.feedbackStacks)
    var states = [[Float]](repeating: [], count: model.stacks.count)
    for (index, stack) in model.stacks.enumerated() where !fed.contains(index) {
      let engine = Engine(stack.blocks, numerics: numerics)
      if stack.source == nil {
        try engine.append(tokens[...], model.embedding)
      } else {
        try engine.append(input(of: index, states))
      }
      engine.run(&workspace)
      states[index] = engine.states
    }
    if let first = model.feedbackStack {
      let mapped = input(of: first, states)
      for (index, rows) in try readFeedback(mapped, last: count, returned) { states[index] = rows }
    }
    return states.map { Array($0.suffix(count * width)) }
  }

  /// The states that a stack reads: those of its source, through its map.
  private mutating func input(of index: Int, _ states: [[Float]]) -> [Float] {
    guard let source = model.stacks[index].source else { return [] }
    var input = states[source]
    model.stacks[index].map?.apply(to: &input, from: 0, &workspace)
    return input
  }

  /// - Parameter text: for each row, the text's tokens that can be answered there.
  private mutating func answers(
    _ index: Int, _ states: [Float], _ rows: Range<Int>, _ text: (Int) -> TextRows?
  ) throws -> [ExitAnswer] {
    let exit = model.exits[index]
    exit.apply(to: states, first: rows.lowerBound, count: rows.count, &workspace)
    return try reader.signals(
      after: workspace.exit, count: rows.count,
      model.head(ofExit: index), temperature: Float(exit.record.temperature),
      text: { text(rows.lowerBound + $0) }
    ).map(ExitAnswer.init)
  }
}

// MARK: - Feedback

extension ExitReader {
  /// Runs the stacks that read what comes back. Places with the same returned rows are read in one causal pass:
  /// those rows first, then the edge's own.
  ///
  /// - Parameter mapped: the edge's own input of the first of them, of all positions: `[tokens, hidden]`.
  /// - Returns: for each of these stacks the states at the last `count` positions, `[count, hidden]`.
  private mutating func readFeedback(
    _ mapped: [Float], last count: Int, _ returned: ReturnedStates
  ) throws -> [Int: [Float]] {
    precondition(returned.rows.count == count, "returned rows for each place")
    let width = model.manifest.configuration.hiddenSize
    let start = mapped.count / width - count
    let stacks = model.feedbackStacks
    let engines = stacks.map { Engine(model.stacks[$0].blocks, numerics: numerics) }
    var states = stacks.map { _ in [Float](repeating: 0, count: count * width) }
    let groups = Dictionary(grouping: 0..<count) { returned.rows[$0] }.sorted { $0.key < $1.key }
    for (seen, places) in groups {
      let (done, end) = (engines[0].positions(), start + places[places.count - 1] + 1)
      precondition(places.allSatisfy { seen <= start + $0 }, "an exit reads a row of its own")
      try engines[0].append(Array(returned.states[done * width..<seen * width]))
      try engines[0].append(Array(mapped[seen * width..<end * width]))
      for (slot, engine) in engines.enumerated() {
        engine.run(&workspace)
        for reader in model.stacks[stacks[slot]].readers {
          try engines[stacks.firstIndex(of: reader)!].append(
            outputOf: engine, through: model.stacks[reader].map, &workspace)
        }
        for place in places {
          let row = start + place - done
          states[slot].replaceSubrange(
            place * width..<(place + 1) * width,
            with: engine.states[row * width..<(row + 1) * width])
        }
        engine.truncate(to: seen)
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(stacks, states))
  }
}
