import CleaveKernels

/// Many sequences through an edge, all its exits, and the cloud behind it, side by side: every block runs
/// for every token. What comes out has the bits that each of them gives for a sequence alone.
final class PairEngine {
  let edge: EdgeModel
  private let cloud: CloudModel
  /// One for each of the edge's stacks.
  private let edgeCaches: [BatchCache]
  private let cloudCache: BatchCache
  private var places: BatchSlots
  private var workspace: Workspace
  /// After each of the edge's stacks, and after the cloud's, of the columns that ran last: `[columns,
  /// hidden]`.
  private var edgeStates: [[Float]]
  private var cloudStates: [Float] = []
  private var rows: [Float] = []  // [<= BatchLogits.largest, hidden]
  private var logits = BatchLogits()

  var slots: Int { places.count }

  /// - Throws: `InputError` without memory.
  init(
    edge: EdgeModel, cloud: CloudModel, slots: Int, longest: Int, numerics: Numerics,
    pool: ThreadPool
  ) throws {
    let configuration = edge.manifest.configuration
    func cache(_ stack: BlockStack) throws -> BatchCache {
      try BatchCache(
        configuration, numerics, blockCount: stack.blocks.count, slots: slots, positions: longest)
    }
    self.edge = edge
    self.cloud = cloud
    edgeCaches = try edge.stacks.map { try cache($0.blocks) }
    cloudCache = try cache(cloud.stack)
    places = BatchSlots(count: slots)
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    edgeStates = edge.stacks.map { _ in [] }
  }

  /// Frees a slot for another sequence.
  func release(_ slot: Int) { places.release(slot) }

  /// Runs the pieces, whose slots differ and whose tokens are at most `Workspace.largestBatch`.
  ///
  /// - Throws: `InputError` for an id outside the vocabulary; nothing has run then.
  func run(_ pieces: [BatchEngine.Piece]) throws {
    for piece in pieces { try edge.embedding.check(piece.tokens) }
    let spans = places.advance(by: pieces)
    for (index, stack) in edge.stacks.enumerated() {
      edgeStates[index].removeAll(keepingCapacity: true)
      if let source = stack.source {
        edgeStates[index] += edgeStates[source]
      } else {
        for piece in pieces { try edge.embedding.append(piece.tokens, to: &edgeStates[index]) }
      }
      stack.blocks.forward(
        &edgeStates[index], spans: spans, cache: edgeCaches[index], workspace: &workspace
      ) { _, _ in }
    }
    // What is uploaded.
    cloudStates.removeAll(keepingCapacity: true)
    cloudStates += edgeStates[0]
    cloud.stack.forward(
      &cloudStates, spans: spans, cache: cloudCache, workspace: &workspace
    ) { _, _ in }
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
    gather(columns, of: edgeStates[edge.ends[index]])
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
    gather(columns, of: cloudStates)
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
