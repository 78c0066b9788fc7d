/// Many sequences side by side through an edge, all its exits, and the cloud behind it: every block runs for
/// every token. The results have the bits that each of them gives for a sequence alone.
final class PairBatch {
  private let edge: EdgeModel
  private let cloud: CloudModel
  /// One for each of the edge's stacks.
  private let edgeEngines: [Engine<PooledKVCache>]
  private let cloudEngine: Engine<PooledKVCache>
  private var workspace: Workspace
  private var reader: LogitsReader

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
    edgeEngines = try edge.stacks.map { try engine($0.blocks) }
    cloudEngine = try engine(cloud.stack)
    let configuration = edge.manifest.configuration
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
  }

  /// Frees a slot for another sequence.
  func release(_ slot: Int) {
    for engine in edgeEngines { engine.release(slot) }
    cloudEngine.release(slot)
  }

  /// Runs the pieces, whose slots differ and whose tokens are at most `Workspace.largestBatch`.
  ///
  /// - Throws: `InputError` for an id outside the vocabulary; nothing has run then.
  func run(_ pieces: [SequencePiece]) throws {
    for piece in pieces { try edge.embedding.check(piece.tokens) }
    for (stack, engine) in zip(edge.stacks, edgeEngines) {
      if let source = stack.source {
        try engine.append(outputOf: edgeEngines[source], through: stack.map, &workspace)
      } else {
        for piece in pieces { try engine.append(piece.tokens, edge.embedding, slot: piece.slot) }
      }
      engine.run(&workspace)
    }
    // The states after the first stack are what an edge uploads.
    try cloudEngine.append(outputOf: edgeEngines[0])
    cloudEngine.run(&workspace)
  }

  /// The answers of all exits and of the whole model after each of these columns of the last run.
  ///
  /// - Throws: `InputError` where logits are no distribution.
  func answers(_ columns: [Int]) throws -> [PositionAnswers] {
    let exits = try edge.exits.indices.map { try answers(ofExit: $0, columns) }
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

  private func answers(ofExit index: Int, _ columns: [Int]) throws -> [ExitAnswer] {
    let exit = edge.exits[index]
    exit.apply(
      to: edgeEngines[edge.ends[index]].rows(columns), first: 0, count: columns.count, &workspace)
    return try reader.signals(
      after: workspace.exit, count: columns.count,
      OutputHead(norm: exit.norm, unembedding: edge.unembedding),
      temperature: Float(exit.record.temperature)
    ).map(ExitAnswer.init)
  }
}
