import CleaveStorage

/// Runs hidden states of one sequence or of many through a stack of blocks.
///
/// Columns are gathered first (`append`) and run together (`run`). Every sequence has a slot in the KV cache.
/// A position's result has the same bits whenever it runs and whatever runs with it, so a token that
/// leaves at an exit may leave its hidden state here until a later token goes deeper.
final class Engine<Cache: KVCache> {
  let stack: BlockStack
  let cache: Cache
  /// Positions of each slot that have been appended, whether they have run or not.
  private var counts: [Int]
  /// The columns that have not run: `[columns, hidden]`, and the sequences they belong to.
  private(set) var pending: [Float] = []
  private var pendingSpans: [SequenceSpan] = []
  /// After the last block, of the columns that ran last: `[columns, hidden]`. Empty before any has.
  private(set) var states: [Float] = []
  private var spans: [SequenceSpan] = []
  /// What runs through the blocks together, where `pending` is more than one batch.
  private var batch: [SequenceSpan] = []

  /// - Parameter slots: the number of sequences that the cache has slots for.
  init(_ stack: BlockStack, cache: Cache, slots: Int) {
    self.stack = stack
    self.cache = cache
    counts = Array(repeating: 0, count: slots)
  }

  var slotCount: Int { counts.count }
  /// Whether columns wait to be run.
  var hasPending: Bool { !pending.isEmpty }
  /// The number of columns in `states`.
  var columnCount: Int { states.count / hiddenSize }
  private var hiddenSize: Int { stack.configuration.hiddenSize }

  /// The number of a sequence's positions that have been appended, run or not.
  func positions(_ slot: Int = 0) -> Int { counts[slot] }

  // MARK: - Slots

  /// Makes a slot known that the cache has got.
  func addSlot() { counts.append(0) }

  /// Makes room for a sequence of this many positions, so that the cache does not grow while it is decoded.
  ///
  /// - Throws: `InputError` when there is no memory for it.
  func reserve(_ count: Int, slot: Int = 0) throws(InputError) {
    try cache.reserve(count, slot: slot)
  }

  /// Frees a slot for another sequence.
  func release(_ slot: Int) {
    truncate(to: 0, slot: slot)
    cache.release(slot: slot)
  }

  /// Whether a sequence can go back to this many positions.
  func reaches(_ position: Int, slot: Int = 0) -> Bool {
    position >= counts[slot] || cache.reaches(position, slot: slot, blocks: stack.blocks.indices)
  }

  /// Drops a sequence's positions from this one on, run or not. The engine must reach it.
  func truncate(to position: Int, slot: Int = 0) {
    guard position < counts[slot] else { return }
    if let span = pendingSpans.last(where: { $0.slot == slot }) {
      precondition(pendingSpans.count == 1, "columns of other sequences are pending")
      let count = max(0, position - span.position)
      pendingSpans[0].wanted = max(0, span.wanted - (span.count - count))
      pendingSpans[0].count = count
      pending.removeLast(pending.count - pendingSpans[0].count * hiddenSize)
      if pending.isEmpty { pendingSpans.removeAll(keepingCapacity: true) }
    }
    counts[slot] = position
  }

  // MARK: - Gathering columns

  /// Appends hidden states of the positions that follow in a sequence.
  ///
  /// - Parameters:
  ///   - states: `[count, hidden]`.
  ///   - wanted: how many of the last of them are read after the last block; nil for all. What `states` has of the
  ///     others is nothing to rely on.
  /// - Throws: `InputError` when the KV cache has no memory for them; nothing is appended then.
  func append(_ states: [Float], slot: Int = 0, wanted: Int? = nil) throws(InputError) {
    precondition(states.count % hiddenSize == 0)
    let count = states.count / hiddenSize
    try cache.reserve(counts[slot] + count, slot: slot)
    pending += states
    note(count, slot, wanted: wanted)
  }

  /// Appends the embeddings of the tokens that follow in a sequence.
  ///
  /// - Throws: `InputError` for an id outside the vocabulary, positions that have no embedding, or when the KV cache
  ///   has no memory for them;
  ///   nothing is appended then.
  func append(
    _ tokens: ArraySlice<Int>, _ embedding: Embedding, slot: Int = 0
  ) throws(InputError) {
    try cache.reserve(counts[slot] + tokens.count, slot: slot)
    try embedding.append(tokens, at: counts[slot], to: &pending)
    note(tokens.count, slot)
  }

  /// Appends what another engine's last run made of its columns, which stand in the same slots here.
  ///
  /// - Throws: `InputError` when the KV cache has no memory for them; nothing is appended then.
  func append(outputOf source: Engine) throws(InputError) {
    for span in source.spans { try cache.reserve(counts[span.slot] + span.count, slot: span.slot) }
    pending += source.states
    for span in source.spans { note(span.count, span.slot) }
  }

  /// Appends what another engine's last run made of its columns, each changed by an affine map.
  ///
  /// - Parameter map: nil takes them as they are.
  /// - Throws: `InputError` when the KV cache has no memory for them; nothing is appended then.
  func append(
    outputOf source: Engine, through map: Affine?, _ workspace: inout Workspace
  ) throws(InputError) {
    let first = pending.count
    try append(outputOf: source)
    map?.apply(to: &pending, from: first, &workspace)
  }

  private func note(_ count: Int, _ slot: Int, wanted: Int? = nil) {
    guard count > 0 else { return }
    let wanted = min(count, wanted ?? count)
    if let last = pendingSpans.indices.last, pendingSpans[last].slot == slot {
      pendingSpans[last].count += count
      // Only the last columns of a span can be wanted.
      pendingSpans[last].wanted = wanted < count ? wanted : pendingSpans[last].wanted + count
    } else {
      let column = pendingSpans.last.map { $0.column + $0.count } ?? 0
      pendingSpans.append(
        SequenceSpan(
          slot: slot, position: counts[slot], column: column, count: count, wanted: wanted))
    }
    counts[slot] += count
  }

  // MARK: - Running

  /// Runs everything pending and leaves the result in `states`; nothing pending is no work.
  ///
  /// - Parameter observe: sees what the matrices of each block read.
  /// - Returns: whether anything ran.
  @discardableResult
  func run(_ workspace: inout Workspace, observe: BlockObserver? = nil) -> Bool {
    run(&workspace, observe: observe) { _, _ in }
  }

  /// Runs everything pending, as above, and shows the states on the way.
  ///
  /// - Parameters:
  ///   - observe: sees what the matrices of each block read.
  ///   - after: takes the states after each block, with the block's index in the model. Of more columns
  ///     than `Workspace.largestBatch` it sees some before and some after the block.
  /// - Returns: whether anything ran.
  @discardableResult
  func run(
    _ workspace: inout Workspace, observe: BlockObserver? = nil,
    after: (_ block: Int, _ states: [Float]) throws -> Void
  ) rethrows -> Bool {
    guard !pending.isEmpty else { return false }
    swap(&states, &pending)
    swap(&spans, &pendingSpans)
    pending.removeAll(keepingCapacity: true)
    pendingSpans.removeAll(keepingCapacity: true)
    let count = columnCount
    for first in stride(from: 0, to: count, by: Workspace.largestBatch) {
      cut(first..<min(first + Workspace.largestBatch, count))
      try stack.forward(
        &states, first: first, spans: batch, cache: cache, workspace: &workspace, observe: observe,
        after: after)
    }
    return true
  }

  /// Fills `batch` with the spans of these columns, counted from the first of them.
  private func cut(_ columns: Range<Int>) {
    batch.removeAll(keepingCapacity: true)
    for span in spans {
      let part = columns.clamped(to: span.column..<span.column + span.count)
      guard !part.isEmpty else { continue }
      batch.append(
        SequenceSpan(
          slot: span.slot, position: span.position + part.lowerBound - span.column,
          column: part.lowerBound - columns.lowerBound, count: part.count,
          wanted: span.wantedColumns.clamped(to: part).count))
    }
  }

  // MARK: - Rows

  /// The states of these columns of the last run: `[columns.count, hidden]`.
  func rows(_ columns: some Sequence<Int>) -> [Float] {
    var rows: [Float] = []
    for column in columns { rows += states[column * hiddenSize..<(column + 1) * hiddenSize] }
    return rows
  }
}

extension Engine<GrowingKVCache> {
  /// An engine for one sequence.
  ///
  /// - Parameter reach: positions that it can always go back; 0 where it only goes on, or begins again.
  convenience init(_ stack: BlockStack, numerics: Numerics, reach: Int = 0) {
    let shape = KVCacheShape(stack.configuration, numerics, kinds: stack.kinds, reach: reach)
    self.init(stack, cache: GrowingKVCache(shape), slots: 1)
  }
}

extension Engine<PooledKVCache> {
  /// An engine for several sequences of at most `longest` positions.
  ///
  /// - Throws: `InputError` when there is no memory for their KV cache.
  convenience init(
    _ stack: BlockStack, numerics: Numerics, slots: Int, longest: Int
  ) throws {
    let shape = KVCacheShape(stack.configuration, numerics, kinds: stack.kinds)
    self.init(
      stack, cache: try PooledKVCache(shape, slots: slots, positions: longest), slots: slots)
  }
}
