/// Positions of some sessions that run through the cloud's blocks together.
struct CloudPass: Sendable {
  /// The hidden states that a pass takes on its way through the blocks, to be sent back.
  struct Tap: Sendable {
    /// The model's blocks after which they are taken.
    let depth: Int
    let codec: StatesCodec
  }

  struct Item: Sendable {
    let session: UInt64
    /// The number of the session's KV cache.
    let cache: UInt64
    /// The position of the first of `states`.
    let position: Int
    /// The hidden states that the blocks read: `[count, hidden]`.
    let states: [Float]
    /// The hidden states after the last block, of the positions just before: `[.., hidden]`.
    let rows: [Float]
    /// The number of last rows that the session's ask needs.
    let needed: Int
    /// How many of the last of `states` become such rows.
    let wanted: Int
    /// The ask, in the pass that runs the last position before it.
    let ask: Message.Ask?
    /// What is taken of its positions on the way; nil for nothing.
    let returning: Tap?
  }

  struct Outcome: Sendable {
    let session: UInt64
    let cache: UInt64
    let count: Int
    /// The hidden states after the last block, at most as many rows as the ask needs: `[.., hidden]`.
    let rows: [Float]
    /// The states to be sent back of its positions, packed.
    let returned: [UInt8]
    /// The answer to the ask, or why the session is refused; nil where the pass does not reach the ask.
    let answer: Result<Message.CloudAnswer, MessageError>?
  }

  /// KV caches to drop before the pass.
  var dropping: [UInt64] = []
  var items: [Item] = []
}
