/// A stack of blocks in one session: its KV cache, and the hidden states that have arrived but not
/// yet gone through. A token that leaves at an exit leaves its state here; the states run in one
/// batch when a later token goes deeper. The edge's blocks between exits and the cloud's blocks are
/// the same thing.
struct Segment {
  let stack: BlockStack
  private var cache: KVCache
  /// `[pendingCount, hidden]`, of the positions after those in the cache.
  private var pending: [Float] = []
  /// After the last block, `[count, hidden]`, of the positions that ran last; empty before any has.
  private(set) var states: [Float] = []

  init(_ stack: BlockStack, numerics: Numerics) {
    self.stack = stack
    cache = KVCache(stack.configuration, numerics, blockCount: stack.range.count)
  }

  private var hiddenSize: Int { stack.configuration.hiddenSize }
  private var pendingCount: Int { pending.count / hiddenSize }
  /// Positions that have arrived, run or not.
  var positions: Int { cache.positions + pendingCount }
  /// Positions whose states `states` holds.
  var stateCount: Int { states.count / hiddenSize }

  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  mutating func append(_ states: [Float]) {
    precondition(states.count % hiddenSize == 0)
    pending += states
  }

  /// Appends tokens by their embeddings.
  mutating func append(_ tokens: ArraySlice<Int>, _ embedding: Embedding) throws {
    try embedding.append(tokens, to: &pending)
  }

  /// Makes room, so that the cache does not grow while tokens are decoded.
  mutating func reserve(_ positions: Int) { cache.cover(positions) }

  /// Forgets positions from this one on, arrived or run.
  mutating func truncate(to positions: Int) {
    guard positions < self.positions else { return }
    cache.positions = min(cache.positions, positions)
    pending.removeLast(pending.count - (positions - cache.positions) * hiddenSize)
  }

  /// Runs everything pending, in one batch, and leaves the result in `states`; nothing pending is no
  /// work.
  ///
  /// - Returns: whether anything ran.
  @discardableResult
  mutating func run(_ workspace: inout Workspace, observe: BlockObserver? = nil) -> Bool {
    guard !pending.isEmpty else { return false }
    swap(&states, &pending)
    pending.removeAll(keepingCapacity: true)
    stack.forward(&states, cache: &cache, workspace: &workspace, observe: observe)
    return true
  }
}
