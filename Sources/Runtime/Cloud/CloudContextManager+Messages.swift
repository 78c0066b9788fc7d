extension CloudContextManager {
  /// - Returns: how long to wait before the next.
  func receive(_ message: Message, from id: UInt64) -> Duration {
    guard let session = sessions[id] else { return .zero }
    sessions[id]?.lastHeard = .now
    take(message, id)
    guard case .states(let states) = message else { return .zero }
    let wait = rates.take(Int(states.count), client: session.client, now: .now)
    if wait > .zero { meter.note { $0.throttledSeconds += wait / .seconds(1) } }
    return wait
  }

  /// Now, or behind the question that is to be answered first.
  private func take(_ message: Message, _ id: UInt64) {
    guard sessions[id]?.question != nil, message.waitsItsTurn else { return handle(message, id) }
    if case .states(let states) = message { sessions[id]?.inboxPositions += Int(states.count) }
    sessions[id]?.inbox.append(message)
    guard sessions[id]!.inbox.count <= Self.mostWaiting,
      sessions[id]!.inboxPositions <= limits.window
    else {
      return refuse(
        id, MessageError("more than \(limits.window) positions that are not acknowledged"))
    }
    recharge(id)
    guard !isWithinMemory(except: id), let session = sessions[id] else { return }
    park(id, wanted: session.positions(hiddenSize: hiddenSize) + session.inboxPositions)
  }

  /// Messages behind a question: as many as a window has positions, each asked about and taken back.
  private static var mostWaiting: Int { 4096 }

  /// What came behind the question, until the next question.
  func takeWaiting(_ id: UInt64) {
    while let session = sessions[id], session.question == nil, !session.inbox.isEmpty {
      let message = sessions[id]!.inbox.removeFirst()
      if case .states(let states) = message { sessions[id]?.inboxPositions -= Int(states.count) }
      handle(message, id)
    }
  }

  private func handle(_ message: Message, _ id: UInt64) {
    do throws(MessageError) {
      switch message {
      case .open(let open): try self.open(open, id)
      case .states(let states): try accept(states, id)
      case .ask(let ask): try question(ask, id)
      case .rewind(let positions): try rewind(Int(positions), id)
      case .close: end(id)
      case .opened, .acknowledged, .answer, .lacking, .refusal:
        throw MessageError("a message that only the cloud sends")
      }
    } catch {
      refuse(id, error)
    }
  }

  private func open(_ open: Message.Open, _ id: UInt64) throws(MessageError) {
    guard let session = sessions[id] else { return }
    guard !session.isOpen else {
      throw MessageError("the session is open already", code: .openAlready)
    }
    guard session.phase == .connected else {
      throw MessageError("the session is over", code: .notOpen)
    }
    try open.check(model.manifest, numerics)
    guard sessionCount < limits.sessions else {
      throw MessageError("\(limits.sessions) sessions are open", code: .tooManySessions)
    }
    let own = sessions.values.count { $0.isOpen && $0.client == session.client }
    guard own < limits.sessionsPerClient ?? .max else {
      throw MessageError("\(own) sessions of this client are open", code: .tooManySessions)
    }
    sessions[id]?.phase = .live
    renewCache(id)
    noteSessions()
    session.reply(
      .opened(
        .init(
          encodings: open.encodings.filter(StatesEncoding.all.contains),
          window: UInt32(limits.window))))
  }

  /// States are kept, not run.
  private func accept(_ states: Message.States, _ id: UInt64) throws(MessageError) {
    let (first, count) = (Int(states.firstPosition), Int(states.count))
    let session = try open(id)
    let context = model.manifest.configuration.contextLength
    guard first + count <= context else {
      throw MessageError("more than \(context) positions", code: .contextLimit)
    }
    guard (1...Message.mostPositions).contains(count) else {
      throw MessageError("states of \(count) positions; expected 1 to \(Message.mostPositions)")
    }
    guard session.phase == .live || (session.phase == .lacking && first == 0) else {
      return park(id, wanted: first + count)
    }
    let positions = session.positions(hiddenSize: hiddenSize)
    guard first == positions else {
      throw MessageError(
        "states from position \(first); \(positions) is next", code: .positionMismatch)
    }
    let values = try states.decode(hiddenSize: hiddenSize)
    guard try makeRoom(for: first + count, id) else {
      // Its promise has lapsed.
      if session.phase == .lacking { sessions[id]?.phase = .evicted }
      return park(id, wanted: first + count)
    }
    if session.phase == .lacking { sessions[id]?.phase = .live }
    sessions[id]?.pending += values
    sessions[id]?.mostPositions = max(session.mostPositions, first + count)
    recharge(id)
    session.reply(.acknowledged(positions: UInt32(first + count)))
  }

  private func question(_ ask: Message.Ask, _ id: UInt64) throws(MessageError) {
    let session = try open(id)
    let positions = session.positions(hiddenSize: hiddenSize)
    guard session.phase == .live else { return park(id, wanted: Int(ask.position)) }
    guard Int(ask.position) == positions, positions > 0 else {
      throw MessageError(
        "asked for position \(ask.position) with the states of \(positions) positions here",
        code: .positionMismatch)
    }
    try ask.check()
    // Of a question far back, what came out of the blocks is gone.
    let first = positions - ask.drafts.count - 1
    guard first >= session.ran - session.rows.count / hiddenSize else {
      evict(id)
      return park(id, wanted: positions)
    }
    sessions[id]?.question = CloudSession.Question(ask: ask, since: .now)
    meter.note { $0.asks += 1 }
    asking.append(id)
    pump()
  }

  private func rewind(_ positions: Int, _ id: UInt64) throws(MessageError) {
    let session = try open(id)
    guard positions > 0 else { throw MessageError("a rewind to nothing") }
    guard session.phase == .live else { return park(id, wanted: positions) }
    let here = session.positions(hiddenSize: hiddenSize)
    guard positions <= here else {
      throw MessageError(
        "a rewind to \(positions); \(here) positions are here", code: .positionMismatch)
    }
    sessions[id]?.truncate(to: positions, hiddenSize: hiddenSize)
    recharge(id)
  }

  private func open(_ id: UInt64) throws(MessageError) -> CloudSession {
    guard let session = sessions[id], session.isOpen else {
      throw MessageError("the session is not open", code: .notOpen)
    }
    return session
  }
}

extension Message {
  /// Whether it is about positions, which a question fixes.
  fileprivate var waitsItsTurn: Bool {
    switch self {
    case .states, .ask, .rewind: true
    default: false
    }
  }
}
