import DequeModule

/// One session in a cloud: its phase, the hidden states that have not run, and the request that is to be
/// answered. The methods are its transitions; who may make them when is decided by `CloudProtocol`.
struct CloudSession {
  enum Phase: Equatable {
    /// The stream is there; nothing was opened on it.
    case connected
    case live
    /// Its states were evicted, and it has not spoken since.
    case evicted
    /// It was evicted, has spoken since, and waits for room for `wanted` positions. What it says is dropped.
    case parked(wanted: Int)
    /// It was told to resend everything.
    case lacking
    /// It was closed or refused.
    case ended
  }

  /// The cloud request that is to be answered before any other message about positions is taken.
  private struct Request {
    let ask: Message.Ask
    let since: ContinuousClock.Instant
    var hasStarted = false
  }

  let client: String
  let reply: @Sendable (Message) -> Void
  private let hiddenSize: Int
  private(set) var phase = Phase.connected
  /// The key of its KV cache, another after each eviction; 0 for none.
  private(set) var cache: UInt64 = 0
  private(set) var lastHeard: ContinuousClock.Instant
  /// Positions in the KV cache.
  private(set) var ranPositions = 0
  /// The most positions there ever were since the last eviction.
  private(set) var mostPositions = 0
  /// The most positions that ever ran since the last eviction.
  private var mostRan = 0
  /// The hidden states of the positions that follow: `[pendingPositions, hidden]`.
  private var pending: [Float] = []
  /// Numbers at the front of `pending` that a pass has taken.
  private var taken = 0
  /// The hidden states after the last block, of the last positions that ran: `[.., hidden]`.
  private var rows: [Float] = []
  /// The states that are to be sent back; nil for an edge that wants none.
  private var unsent: UnsentStates?
  private var request: Request?
  /// Messages behind the request.
  private var inbox: Deque<Message> = []
  private var inboxPositions = 0
  private var isInPass = false

  init(
    client: String, hiddenSize: Int, now: ContinuousClock.Instant,
    reply: @escaping @Sendable (Message) -> Void
  ) {
    self.client = client
    self.hiddenSize = hiddenSize
    self.reply = reply
    lastHeard = now
  }

  var isOpen: Bool { phase != .connected && phase != .ended }
  var hasRequest: Bool { request != nil }
  var pendingPositions: Int { (pending.count - taken) / hiddenSize }
  /// Positions whose states have arrived and were taken.
  var positions: Int { ranPositions + pendingPositions }
  /// Positions whose states have arrived, those behind the request included.
  var arrivedPositions: Int { positions + inboxPositions }
  /// Numbers that its hidden states take, or will when those in the inbox are unpacked.
  var stateNumbers: Int { pending.capacity + rows.capacity + inboxPositions * hiddenSize }
  /// Bytes that the states to be sent back take, or will when it has run so many positions.
  ///
  /// - Parameter isNew: whether none of them was sent, as after an eviction.
  func unsentBytes(positions: Int, isNew: Bool = false) -> Int {
    guard let unsent else { return 0 }
    return isNew ? positions * unsent.codec.positionBytes : unsent.bytes(positions: positions)
  }
  /// Whether evicting it would interrupt nothing.
  var isIdle: Bool { phase == .live && !hasRequest && !isInPass && inbox.isEmpty }

  // MARK: - Phases

  /// - Parameter feedback: what the edge wants back.
  mutating func open(cache: UInt64, feedback: Message.Feedback?) {
    phase = .live
    self.cache = cache
    unsent = feedback.map { UnsentStates($0, hiddenSize: hiddenSize) }
  }

  mutating func noteHeard(now: ContinuousClock.Instant) { lastHeard = now }

  /// Loses everything but the stream; its states must come again, for a new KV cache.
  mutating func evict(newCache: UInt64) {
    clear()
    phase = .evicted
    cache = newCache
  }

  mutating func park(wanted: Int) { phase = .parked(wanted: wanted) }

  /// There is room for it: its states are expected from position 0 on.
  mutating func readmit(now: ContinuousClock.Instant) {
    phase = .lacking
    lastHeard = now
  }

  /// The room that was reserved for it is gone.
  mutating func noteLapsedReservation() {
    if phase == .lacking { phase = .evicted }
  }

  mutating func end() {
    clear()
    unsent = nil
    phase = .ended
    cache = 0
  }

  private mutating func clear() {
    (ranPositions, mostPositions, mostRan, inboxPositions) = (0, 0, 0, 0)
    (pending, rows, inbox) = ([], [], [])
    taken = 0
    unsent?.clear()
    request = nil
    isInPass = false
  }

  // MARK: - Messages

  /// - Returns: whether states from this position on are taken; else they were sent before the edge knew of the
  ///   eviction.
  func takesStates(from first: Int) -> Bool { phase == .live || (phase == .lacking && first == 0) }

  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  mutating func append(_ states: [Float]) {
    phase = .live
    pending += states
    mostPositions = max(mostPositions, positions)
  }

  /// - Returns: whether states of blocks, which reach so far back, lead to the first `positions` positions.
  func reaches(_ positions: Int, _ reach: Int) -> Bool { positions >= mostRan - reach }

  /// Drops the positions from this one on.
  mutating func rollBack(to positions: Int) {
    if positions >= ranPositions {
      let kept = taken + (positions - ranPositions) * hiddenSize
      pending.removeLast(max(0, pending.count - kept))
    } else {
      (pending, taken) = ([], 0)
      rows.removeLast(min(rows.count, (ranPositions - positions) * hiddenSize))
      ranPositions = positions
      unsent?.rollBack(to: positions)
    }
  }

  /// - Returns: whether an answer for this position and those after it can be computed from what is kept: rows of
  ///   positions before the last pass are gone.
  func canAnswer(from position: Int) -> Bool {
    position > ranPositions - rows.count / hiddenSize
  }

  mutating func ask(_ ask: Message.Ask, now: ContinuousClock.Instant) {
    request = Request(ask: ask, since: now)
  }

  /// Keeps a message until the request is answered.
  ///
  /// - Returns: whether it fits the bounds of what may wait.
  mutating func enqueue(_ message: Message, window: Int) -> Bool {
    inboxPositions += Int(message.uploadedStates?.count ?? 0)
    inbox.append(message)
    return inbox.count <= Self.mostWaiting && inboxPositions <= window
  }

  /// The most messages behind a request: as many as a window has positions, each asked about and rolled back.
  private static var mostWaiting: Int { 4096 }

  /// - Returns: the next message that waited, unless a request is to be answered first.
  mutating func dequeue() -> Message? {
    guard request == nil, let message = inbox.popFirst() else { return nil }
    inboxPositions -= Int(message.uploadedStates?.count ?? 0)
    return message
  }

  /// Whether the edge has voided the request: a message behind it goes back to before every position that the answer may be
  /// for. While a pass runs for it, it is not.
  var isVoided: Bool {
    guard let ask = request?.ask, !isInPass else { return false }
    let first = Int(ask.position) - ask.drafts.count
    return inbox.contains { message in
      if case .rewind(let positions) = message { Int(positions) < first } else { false }
    }
  }

  /// Ends the request that the edge has voided.
  ///
  /// - Returns: an answer that says nothing, which the edge passes over.
  mutating func endVoidedRequest() -> Message.CloudAnswer? {
    guard let position = request?.ask.position else { return nil }
    request = nil
    return Message.CloudAnswer(position: position, token: 0, maxProbability: 0, margin: 0)
  }

  // MARK: - Passes

  /// How long the request waited for its first pass; nil from the second pass on.
  mutating func beginRequest(now: ContinuousClock.Instant) -> Duration? {
    guard let request, !request.hasStarted else { return nil }
    self.request?.hasStarted = true
    return request.since.duration(to: now)
  }

  /// Takes the states of the next `count` positions into a pass.
  mutating func takePassItem(id: UInt64, count: Int) -> CloudPass.Item {
    guard let ask = request?.ask else {
      preconditionFailure("only sessions that ask are in a pass")
    }
    let isLast = count == pendingPositions
    let states = Array(pending[taken..<taken + count * hiddenSize])
    let needed = ask.drafts.count + 1
    let item = CloudPass.Item(
      session: id, cache: cache, position: ranPositions, states: states, rows: rows,
      needed: needed, wanted: min(count, max(0, needed - (pendingPositions - count))),
      ask: isLast ? ask : nil, returning: unsent?.tap)
    taken += states.count
    // A long prompt is not moved for each of its pieces.
    if 2 * taken >= pending.count {
      pending.removeFirst(taken)
      taken = 0
    }
    ranPositions += count
    mostRan = max(mostRan, ranPositions)
    isInPass = true
    return item
  }

  /// - Parameters:
  ///   - rows: `[.., hidden]` after the last block, of the last positions that ran.
  ///   - returned: the states to be sent back of the positions of the pass, packed.
  mutating func finishPass(rows: [Float], returned: [UInt8]) {
    isInPass = false
    self.rows = rows
    let expected = positions
    unsent?.append(returned, positions: expected)
    if pending.isEmpty { pending = [] }
  }

  /// Ends the request that was answered.
  ///
  /// - Parameter position: of the answer.
  /// - Returns: the states to send back with it.
  mutating func finishRequest(answeredAt position: Int) -> [Message.Returned] {
    request = nil
    return unsent?.take(before: position) ?? []
  }
}
