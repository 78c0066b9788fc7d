/// What runs through the cloud's blocks together: some positions of some sessions.
struct CloudPass: Sendable {
  struct Item: Sendable {
    let session: UInt64
    /// Of the session's KV cache.
    let cache: UInt64
    /// Of the first of `states`.
    let position: Int
    /// `[count, hidden]`, where the blocks begin.
    let states: [Float]
    /// After the last block, of the positions just before: `[.., hidden]`.
    let rows: [Float]
    /// How many of the last rows its question needs.
    let needed: Int
    /// Of the pass that brings the session to its question.
    let ask: Message.Ask?
  }

  struct Outcome: Sendable {
    let session: UInt64
    let cache: UInt64
    let count: Int
    /// The last rows after the last block, at most as many as are needed.
    let rows: [Float]
    /// What its ask comes to.
    let answer: Result<Message.CloudAnswer, MessageError>?
  }

  /// KV caches that go first.
  var dropping: [UInt64] = []
  var items: [Item] = []
}
