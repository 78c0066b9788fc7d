/// Many sequences side by side through an edge, all its exits, and the cloud behind it: every block runs for
/// every token. The results have the bits that each of them gives for a sequence alone.
final class PairBatch {
  private let edge: EdgeModel
  private let cloud: CloudModel
  /// One for each of the edge's stacks.
  private let edgeEngines: [Engine<PooledKVCache>]
  private let cloudEngine: Engine<PooledKVCache>
  /// What comes back to the exits; nil for an edge that wants nothing back.
  private var feedback: BatchFeedback?
  /// The column of the tail that reads what comes back, for each column of the last run.
  private var tailColumns: [Int] = []
  private var workspace: Workspace
  private var reader: LogitsReader
  /// The tokens of the text in each slot.
  private var texts: [TextTokens?]

  var slots: Int { cloudEngine.slotCount }

  /// - Throws: `InputError` without memory.
  init(
    edge: EdgeModel, cloud: CloudModel, slots: Int, longest: Int, numerics: Numerics,
    pool: ThreadPool
  ) throws {
    func engine(_ stack: BlockStack) throws -> Engine<PooledKVCache> {
      try Engine(stack, numerics: numerics, slots: slots, longest: longest)
    }
    self.edge = edge
    self.cloud = cloud
    texts = Array(repeating: TextTokens(edge.vocabulary), count: slots)
    edgeEngines = try edge.stacks.map { try engine($0.blocks) }
    // The blocks before are the edge's own, in a cloud that holds all.
    cloudEngine = try engine(cloud.stack.from(block: edge.manifest.exits[0].depth))
    let configuration = edge.manifest.configuration
    feedback = edge.feedback.map {
      BatchFeedback($0, hiddenSize: configuration.hiddenSize, slots: slots)
    }
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
  }

  /// Frees a slot for another sequence.
  func release(_ slot: Int) {
    for engine in edgeEngines { engine.release(slot) }
    cloudEngine.release(slot)
    feedback?.begin(slot, rows: 0)
    texts[slot]?.truncate(to: 0)
  }

  /// Begins a sequence in a free slot.
  ///
  /// - Parameter returned: the positions whose hidden states have come back.
  func begin(_ slot: Int, returned: Int) { feedback?.begin(slot, rows: returned) }

  /// The cloud was asked about the position after those that have run.
  func note(asked position: Int, slot: Int) { feedback?.note(asked: position, slot: slot) }

  /// Runs the pieces, whose slots differ and whose tokens are at most `Workspace.largestBatch`.
  ///
  /// - Throws: `InputError` for an id outside the vocabulary; nothing has run then. `MessageError` for hidden
  ///   states that the feedback's packing cannot hold.
  func run(_ pieces: [SequencePiece]) throws {
    for piece in pieces { try edge.embedding.check(piece.tokens) }
    for piece in pieces { texts[piece.slot]?.append(piece.tokens) }
    for piece in pieces {
      try edgeEngines[0].append(piece.tokens, edge.embedding, slot: piece.slot)
    }
    edgeEngines[0].run(&workspace)
    // The states after the first stack are what an edge uploads.
    try cloudEngine.append(outputOf: edgeEngines[0])
    var returned: [Float] = []
    let depth = feedback?.feedback.depth
    cloudEngine.run(&workspace) { block, states in
      if block + 1 == depth { returned = states }
    }
    for (index, stack) in edge.stacks.enumerated() {
      guard let source = stack.source else { continue }
      if index == edge.feedbackStack {
        try appendReturned(pieces, returned, to: index, source)
      } else {
        try edgeEngines[index].append(
          outputOf: edgeEngines[source], through: stack.map, &workspace)
      }
      edgeEngines[index].run(&workspace)
    }
  }

  /// Gives the tail that reads what comes back its columns: in each sequence first the states that take effect now,
  /// then the edge's own.
  ///
  /// - Parameter returned: the states at the feedback's depth of the pieces' columns.
  private func appendReturned(
    _ pieces: [SequencePiece], _ returned: [Float], to tail: Int, _ source: Int
  ) throws {
    let width = edge.manifest.configuration.hiddenSize
    var own = edgeEngines[source].states
    edge.stacks[tail].map?.apply(to: &own, from: 0, &workspace)
    tailColumns.removeAll(keepingCapacity: true)
    var (column, tailColumn) = (0, 0)
    for piece in pieces {
      let (slot, range) = (piece.slot, column..<column + piece.tokens.count)
      column = range.upperBound
      if let effect = feedback?.takeEffect(slot: slot) {
        for stack in edge.feedbackStacks {
          edgeEngines[stack].truncate(to: effect.first, slot: slot)
        }
        try edgeEngines[tail].append(effect.states, slot: slot)
        tailColumn += effect.states.count / width
      }
      let numbers = range.lowerBound * width..<range.upperBound * width
      let position = edgeEngines[0].positions(slot) - range.count
      let known =
        try feedback?.take(returned[numbers], position: position, slot: slot) ?? []
      try edgeEngines[tail].append(Array(known + own[numbers].dropFirst(known.count)), slot: slot)
      tailColumns += tailColumn..<tailColumn + range.count
      tailColumn += range.count
    }
  }

  /// The answers of all exits and of the whole model after the last tokens of sequences.
  ///
  /// - Parameter ends: the slot of each sequence, and the column of its last token in the last run.
  /// - Throws: `InputError` where logits are no distribution.
  func answers(_ ends: [(slot: Int, column: Int)]) throws -> [PositionAnswers] {
    let columns = ends.map(\.column)
    let exits = try edge.exits.indices.map { try answers(ofExit: $0, ends) }
    // The most probable tokens depend on no position.
    let requests = columns.map { _ in TokenRequest(sampling: .greedy, position: 0) }
    let choices = reader.choose(requests, after: cloudEngine.rows(columns), cloud.head)
    return try choices.enumerated().map { row, choice in
      let choice = try choice.get()
      return PositionAnswers(
        exits: exits.map { $0[row] }, token: choice.token,
        maxProbability: choice.summary.maxProbability)
    }
  }

  private func answers(
    ofExit index: Int, _ ends: [(slot: Int, column: Int)]
  ) throws -> [ExitAnswer] {
    let (exit, end) = (edge.exits[index], edge.ends[index])
    let isTail = edge.feedbackStacks.contains(end)
    let rows = ends.map { isTail ? tailColumns[$0.column] : $0.column }
    exit.apply(to: edgeEngines[end].rows(rows), first: 0, count: ends.count, &workspace)
    return try reader.signals(
      after: workspace.exit, count: ends.count, edge.head(ofExit: index),
      temperature: Float(exit.record.temperature),
      text: { texts[ends[$0].slot]?.whole }
    ).map(ExitAnswer.init)
  }
}
