import CleaveModel

/// Many sequences side by side through a whole model. Each has a slot, where its positions only rise until the
/// slot is released. The results have the bits that `WholeModelSession` gets for each sequence alone.
package final class WholeModelBatch {
  /// The number of tokens that one run takes.
  package static let largestBatch = Workspace.largestBatch

  private let model: WholeModel
  private let engine: Engine<PooledKVCache>
  private var workspace: Workspace
  private var reader: LogitsReader

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
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
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
    try reader.top(k, after: engine.rows(columns), count: columns.count, model.head)
  }

  /// The k largest logits after each column of the last run, and the tokens chosen after some of them.
  ///
  /// - Parameter requests: by rising column.
  /// - Throws: `InputError` where logits are no distribution.
  func top(
    _ k: Int, choosing requests: [(column: Int, token: TokenRequest)]
  ) throws -> (top: TopLogits, tokens: [Int]) {
    try reader.top(
      k, after: engine.states, count: engine.columnCount, model.head,
      choosing: requests.map { ($0.column, $0.token) })
  }

  /// The token chosen after each of these columns of the last run.
  ///
  /// - Throws: `InputError` where logits are no distribution.
  func choose(_ requests: [(column: Int, token: TokenRequest)]) throws -> [Int] {
    try reader.choose(
      requests.map(\.token), after: engine.rows(requests.map(\.column)), model.head
    ).map { try $0.get().token }
  }
}
