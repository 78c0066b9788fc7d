import CleaveKernels

/// Many sequences side by side through an edge, all its exits, and the cloud behind it: every block runs for
/// every token. The results have the bits that each of them gives for a sequence alone.
final class PairEngine {
  private let edge: EdgeModel
  private let cloud: CloudModel
  /// One for each of the edge's stacks.
  private let edgeEngines: [Engine<PooledKVCache>]
  private let cloudEngine: Engine<PooledKVCache>
  private var workspace: Workspace
  private var rows: [Float] = []  // [<= BatchLogits.largest, hidden]
  private var logits = BatchLogits()

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
    workspace = Workspace(edge.manifest.configuration, numerics: numerics, pool: pool)
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
        try engine.append(outputOf: edgeEngines[source])
      } else {
        for piece in pieces { try engine.append(piece.tokens, edge.embedding, slot: piece.slot) }
      }
      engine.run(&workspace)
    }
    // The states after the first stack are what an edge uploads.
    try cloudEngine.append(outputOf: edgeEngines[0])
    cloudEngine.run(&workspace)
  }

  /// What everybody says after each of these columns of the last run.
  ///
  /// - Throws: `InputError` where logits are no distribution.
  func answers(_ columns: [Int]) throws -> [PlaceAnswers] {
    var answers: [PlaceAnswers] = []
    for first in stride(from: 0, to: columns.count, by: BatchLogits.largest) {
      let group = columns[first..<min(first + BatchLogits.largest, columns.count)]
      let exits = try edge.exits.indices.map { try ask($0, group) }
      for (row, summary) in try askCloud(group).enumerated() {
        answers.append(
          PlaceAnswers(
            exits: exits.map { $0[row] }, token: summary.token,
            maxProbability: summary.maxProbability))
      }
    }
    return answers
  }

  private func gather(_ columns: ArraySlice<Int>, of states: [Float]) {
    let hidden = edge.manifest.configuration.hiddenSize
    rows.removeAll(keepingCapacity: true)
    for column in columns { rows += states[(column * hidden)..<((column + 1) * hidden)] }
  }

  private func ask(_ index: Int, _ columns: ArraySlice<Int>) throws -> [ExitAnswer] {
    let (exit, vocabulary) = (edge.exits[index], edge.unembedding.matrix.rows)
    gather(columns, of: edgeEngines[edge.ends[index]].states)
    exit.apply(to: rows, first: 0, count: columns.count, &workspace)
    logits.compute(
      workspace.exit, count: columns.count, norm: exit.norm, edge.unembedding, &workspace)
    var signals = [ck_signals](repeating: .init(), count: columns.count)
    ck_find_signals(
      workspace.pool.handle, logits.values, vocabulary, columns.count,
      Float(exit.record.temperature), &signals)
    return try signals.map { signals in
      let (summary, plain) = (
        try LogitsSummary(signals.summary), try LogitsSummary(signals.plain)
      )
      return ExitAnswer(
        token: summary.token, maxProbability: summary.maxProbability, margin: summary.margin,
        entropyConfidence: LogitsSummary.entropyConfidence(
          entropy: signals.entropy, vocabulary: vocabulary),
        plainMaxProbability: plain.maxProbability)
    }
  }

  private func askCloud(_ columns: ArraySlice<Int>) throws -> [LogitsSummary] {
    gather(columns, of: cloudEngine.states)
    logits.compute(
      rows, count: columns.count, norm: cloud.finalNorm, cloud.unembedding, &workspace)
    var ids = [UInt32](repeating: 0, count: columns.count)
    var values = [Float](repeating: 0, count: columns.count)
    var summaries = [ck_logits_summary](repeating: .init(), count: columns.count)
    ck_top_logits(
      workspace.pool.handle, logits.values, cloud.unembedding.matrix.rows, columns.count, 1, &ids,
      &values, &summaries)
    return try summaries.map { try LogitsSummary($0) }
  }
}
