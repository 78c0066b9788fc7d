import CleaveKernels
import CleaveModel

/// Many sequences side by side through a whole model. Each has a slot, where its positions only rise until the
/// slot is released. The results have the bits that `WholeModelSession` gets for each sequence alone.
package final class WholeModelBatch {
  /// The number of tokens that one run takes.
  package static let largestBatch = Workspace.largestBatch

  private let model: WholeModel
  private let engine: Engine<PooledKVCache>
  private var workspace: Workspace
  private var rows: [Float] = []  // [<= BatchLogits.largest, hidden]
  private var logits = BatchLogits()

  package var configuration: ModelConfiguration { model.manifest.configuration }
  package var slots: Int { engine.slotCount }

  /// - Parameters:
  ///   - slots: the number of sequences that may be under way together.
  ///   - longest: the most positions of a sequence.
  /// - Throws: `ContextLimitError` when the model has fewer positions, `InputError` without memory.
  package init(
    _ model: WholeModel, slots: Int, longest: Int, numerics: Numerics, pool: ThreadPool
  ) throws {
    let configuration = model.manifest.configuration
    try ContextLimitError.check(longest, contextLength: configuration.contextLength)
    self.model = model
    engine = try Engine(model.stack, numerics: numerics, slots: slots, longest: longest)
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
  }

  /// Frees a slot for another sequence.
  package func release(_ slot: Int) { engine.release(slot) }

  /// Runs the pieces, whose slots differ and whose tokens are at most `largestBatch`; columns are the
  /// pieces' tokens in order.
  ///
  /// - Parameter observe: takes the states `[columns, hidden]` after each depth, 0 being the embedding.
  /// - Throws: `InputError` for an id outside the vocabulary; nothing has run then.
  package func run(
    _ pieces: [SequencePiece],
    observe: (_ depth: Int, _ states: [Float]) throws -> Void = { _, _ in }
  ) throws {
    for piece in pieces { try model.embedding.check(piece.tokens) }
    for piece in pieces { try engine.append(piece.tokens, model.embedding, slot: piece.slot) }
    try observe(0, engine.pending)
    try engine.run(&workspace) { try observe($0 + 1, $1) }
  }

  /// The k largest logits after each of these columns of the last run.
  ///
  /// - Throws: `InputError` where logits are no distribution.
  package func top(_ k: Int, columns: [Int]) throws -> TopLogits {
    var top = TopLogits(k: k)
    try unembed(columns, k: k) { _, ids, values, summaries in
      top.ids += ids
      top.logits += values
      for summary in summaries { _ = try LogitsSummary(summary) }
      top.logSumExp += summaries.map(\.log_sum_exp)
    }
    return top
  }

  /// The token chosen after each of these columns of the last run.
  ///
  /// - Parameter choices: column, how its token is chosen, and the position that it will stand at.
  func choose(_ choices: [(column: Int, sampling: Sampling, position: Int)]) throws -> [Int] {
    let size = configuration.vocabularySize
    var tokens: [Int] = []
    try unembed(choices.map(\.column), k: 1) { first, _, _, summaries in
      for (row, summary) in summaries.enumerated() {
        let choice = choices[first + row]
        let summary = try LogitsSummary(summary)
        guard choice.sampling.temperature > 0 else {
          tokens.append(summary.token)
          continue
        }
        let logits = Array(self.logits.values[(row * size)..<((row + 1) * size)])
        tokens.append(choice.sampling.choose(from: logits, summary, position: choice.position))
      }
    }
    return tokens
  }

  private typealias Unembedded = (
    _ first: Int, _ ids: [UInt32], _ values: [Float], _ summaries: [ck_logits_summary]
  ) throws -> Void

  /// Logits of a few columns at a time, in `logits`, and what is known of them.
  private func unembed(_ columns: [Int], k: Int, _ body: Unembedded) throws {
    let (hidden, vocabulary) = (configuration.hiddenSize, configuration.vocabularySize)
    precondition((1...vocabulary).contains(k))
    for first in stride(from: 0, to: columns.count, by: BatchLogits.largest) {
      let group = columns[first..<min(first + BatchLogits.largest, columns.count)]
      rows.removeAll(keepingCapacity: true)
      for column in group { rows += engine.states[(column * hidden)..<((column + 1) * hidden)] }
      logits.compute(
        rows, count: group.count, norm: model.finalNorm, model.unembedding, &workspace)
      var ids = [UInt32](repeating: 0, count: group.count * k)
      var values = [Float](repeating: 0, count: group.count * k)
      var summaries = [ck_logits_summary](repeating: .init(), count: group.count)
      ck_top_logits(
        workspace.pool.handle, logits.values, vocabulary, group.count, k, &ids, &values,
        &summaries)
      try body(first, ids, values, summaries)
    }
  }
}
