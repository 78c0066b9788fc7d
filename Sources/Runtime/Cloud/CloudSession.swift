/// What a cloud holds of one session.
struct CloudSession {
  enum Phase: Equatable {
    /// A stream on which nothing was opened.
    case connected
    case live
    /// Its states went to make room for others', and it has not spoken since.
    case evicted
    /// It has spoken since, and waits for room. What it says is dropped.
    case parked(wanted: Int)
    /// It was told to give everything again.
    case lacking
    /// Closed or refused.
    case ended
  }

  struct Question {
    let ask: Message.Ask
    let since: ContinuousClock.Instant
    var hasStarted = false
  }

  let client: String
  let reply: @Sendable (Message) -> Void
  var phase = Phase.connected
  /// Of its KV cache: another one after each loss.
  var cache: UInt64 = 0
  /// Positions in the KV cache, and the most there ever were.
  var ran = 0
  var mostPositions = 0
  /// Of the positions that follow, not run yet: `[.., hidden]`.
  var pending: [Float] = []
  /// After the last block, of the last positions that ran: `[.., hidden]`.
  var rows: [Float] = []
  /// What is to be answered before anything else is taken.
  var question: Question?
  /// What came behind the question.
  var inbox: [Message] = []
  var inboxPositions = 0
  var isInPass = false
  var lastHeard: ContinuousClock.Instant
  /// Bytes that it is charged with, and that it was promised until its next answer.
  var charged = 0
  var promised = 0
  /// A cloud that has not answered a session since it came back does not throw it out.
  var mayBeEvicted: Bool {
    phase == .live && question == nil && !isInPass && promised == 0 && inbox.isEmpty
  }

  var isOpen: Bool { phase != .connected && phase != .ended }

  init(
    client: String, now: ContinuousClock.Instant, reply: @escaping @Sendable (Message) -> Void
  ) {
    self.client = client
    self.reply = reply
    lastHeard = now
  }

  /// Positions that have arrived.
  func positions(hiddenSize: Int) -> Int { ran + pending.count / hiddenSize }

  /// Forgets everything but that the session is open.
  mutating func lose() {
    (ran, mostPositions) = (0, 0)
    (pending, rows, inbox) = ([], [], [])
    inboxPositions = 0
    question = nil
    isInPass = false
    promised = 0
  }

  /// Forgets positions from this one on.
  mutating func truncate(to positions: Int, hiddenSize: Int) {
    if positions >= ran {
      let kept = (positions - ran) * hiddenSize
      pending.removeLast(max(0, pending.count - kept))
    } else {
      pending = []
      rows.removeLast(min(rows.count, (ran - positions) * hiddenSize))
      ran = positions
    }
  }
}
