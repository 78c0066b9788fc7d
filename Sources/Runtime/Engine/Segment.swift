import CleaveModel

/// A stack of blocks in one session: its KV cache, and the hidden states that have arrived but not
/// yet gone through. A token that leaves at an exit leaves its state here; the states run in one
/// batch when a later token goes deeper. The edge's blocks between exits and the cloud's blocks are
/// the same thing.
struct Segment {
  let stack: BlockStack
  private(set) var cache: KVCache
  /// `[pendingCount, hidden]`, of the positions after those in the cache.
  private var pending: [Float] = []

  init(_ stack: BlockStack) {
    self.stack = stack
    cache = KVCache(blockCount: stack.range.count)
  }

  var pendingCount: Int { pending.count / stack.configuration.hiddenSize }
  /// Positions that have arrived, run or not.
  var positions: Int { cache.positions + pendingCount }
  var bytes: Int { cache.bytes + pending.count * MemoryLayout<Float>.size }

  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  mutating func append(_ states: [Float]) {
    precondition(states.count % stack.configuration.hiddenSize == 0)
    pending += states
  }

  /// Runs everything pending, in one batch.
  ///
  /// - Returns: the states after the last block, `[count, hidden]`, for the positions that were pending.
  mutating func run(_ workspace: inout Workspace) -> [Float] {
    var states: [Float] = []
    swap(&states, &pending)
    stack.forward(&states, cache: &cache, workspace: &workspace)
    return states
  }
}
