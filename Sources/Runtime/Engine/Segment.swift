import CleaveModel

/// A stack of blocks in one session: its KV cache, and the hidden states that have arrived but not
/// yet gone through. A token that leaves at an exit leaves its state here; the states run in one
/// batch when a later token goes deeper. The edge's blocks between exits and the cloud's blocks are
/// the same thing.
struct Segment {
  let stack: BlockStack
  private var cache: KVCache
  /// `[pendingCount, hidden]`, of the positions after those in the cache.
  private var pending: [Float] = []
  /// After the last block at the last position run, `[hidden]`; empty before anything has run.
  private(set) var lastState: [Float] = []

  init(_ stack: BlockStack) {
    self.stack = stack
    cache = KVCache(blockCount: stack.range.count)
  }

  private var hiddenSize: Int { stack.configuration.hiddenSize }
  private var pendingCount: Int { pending.count / hiddenSize }
  /// Positions that have arrived, run or not.
  var positions: Int { cache.positions + pendingCount }

  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  mutating func append(_ states: [Float]) {
    precondition(states.count % hiddenSize == 0)
    pending += states
  }

  /// Runs everything pending, in one batch; nothing pending is no work.
  ///
  /// - Returns: the states after the last block, `[count, hidden]`, for the positions that were pending.
  @discardableResult
  mutating func run(_ workspace: inout Workspace) -> [Float] {
    guard !pending.isEmpty else { return [] }
    var states: [Float] = []
    swap(&states, &pending)
    stack.forward(&states, cache: &cache, workspace: &workspace)
    lastState = Array(states.suffix(hiddenSize))
    return states
  }
}
