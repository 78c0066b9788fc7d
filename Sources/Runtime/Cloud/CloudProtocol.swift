import CleaveModel

/// The cloud's half of specs/protocol.md for all sessions, without streams, timers or computing: what each message
/// changes, what the next pass runs, and what its results change. Replies go out through each session's `reply`.
struct CloudProtocol {
  private let manifest: Manifest
  private let numerics: Numerics
  private let limits: CloudLimits
  /// Positions that a session can always go back; nil where it can go anywhere.
  private let reach: Int?
  private let meter: CloudMeter
  private let intake: StatesIntake
  private var sessions: CloudSessions
  private var pace: PassPace

  init(_ model: CloudModel, numerics: Numerics, limits: CloudLimits, meter: CloudMeter) {
    manifest = model.manifest
    self.numerics = numerics
    self.limits = limits
    reach = model.stack.hasStates ? StateMemory.standardReach : nil
    self.meter = meter
    intake = StatesIntake(model, meter: meter)
    sessions = CloudSessions(model, numerics: numerics, limits: limits, meter: meter)
    pace = PassPace(target: limits.targetLatency)
  }

  var openCount: Int { sessions.openCount }
  /// Whether a pass has something to do.
  var needsPass: Bool { sessions.needsPass }

  func client(of id: UInt64) -> String? { sessions[id]?.client }
  func contains(client: String) -> Bool { sessions.contains(client: client) }

  // MARK: - Streams

  mutating func connect(
    client: String, now: ContinuousClock.Instant, reply: @escaping @Sendable (Message) -> Void
  ) -> UInt64 { sessions.connect(client: client, now: now, reply: reply) }

  mutating func disconnect(_ id: UInt64, now: ContinuousClock.Instant) {
    sessions.disconnect(id, now: now)
    sessions.note()
  }

  /// Ends sessions that have been silent for too long, and ends reservations that were not used.
  mutating func sweep(now: ContinuousClock.Instant) {
    sessions.sweep(now: now)
    sessions.note()
  }

  // MARK: - Messages

  mutating func receive(_ message: Message, from id: UInt64, now: ContinuousClock.Instant) {
    defer { sessions.note() }
    sessions.update(id) { $0.noteHeard(now: now) }
    guard sessions[id]?.hasRequest == true, message.isAboutPositions else {
      return handle(message, id, now)
    }
    do throws(MessageError) { try intake.checkSize(message.uploadedStates) } catch {
      return sessions.refuse(id, error, now: now)
    }
    guard sessions.update(id, { $0.enqueue(message, window: limits.window) }) == true else {
      let text = "more than \(limits.window) positions that are not acknowledged"
      return sessions.refuse(id, MessageError(text), now: now)
    }
    if skipVoided(id) { takeWaiting(id, now) }
    guard !sessions.makeRoomForGrown(id), let session = sessions[id] else { return }
    sessions.park(id, wanted: session.arrivedPositions, now: now)
  }

  /// Takes what came behind a request that is answered, until the next request that somebody wants answered.
  private mutating func takeWaiting(_ id: UInt64, _ now: ContinuousClock.Instant) {
    repeat {
      while let message = sessions.update(id, { $0.dequeue() }) ?? nil { handle(message, id, now) }
    } while skipVoided(id)
  }

  /// Answers a request that the edge has voided, without computing anything for it.
  ///
  /// - Returns: whether there was one.
  private mutating func skipVoided(_ id: UInt64) -> Bool {
    guard sessions[id]?.isVoided == true,
      let answer = sessions.update(id, { $0.endVoidedRequest() }) ?? nil
    else { return false }
    sessions.unqueue(id)
    meter.note { $0.voidedAsks += 1 }
    sessions[id]?.reply(.answer(answer))
    return true
  }

  private mutating func handle(_ message: Message, _ id: UInt64, _ now: ContinuousClock.Instant) {
    do throws(MessageError) {
      switch message {
      case .open(let open): try self.open(open, id)
      case .states(let states):
        if try accept(states, id, now) { acknowledge(id) }
      case .ask(let ask):
        if let states = ask.states { guard try accept(states, id, now) else { return } }
        try request(ask, id, now)
      case .rewind(let positions): try rollBack(to: Int(positions), id, now)
      case .close: sessions.end(id, now: now)
      case .opened, .acknowledged, .answer, .returned, .lacking, .refusal:
        throw MessageError("a message that only the cloud sends")
      }
    } catch {
      sessions.refuse(id, error, now: now)
    }
  }

  private mutating func open(_ open: Message.Open, _ id: UInt64) throws(MessageError) {
    guard let session = sessions[id] else { return }
    guard !session.isOpen else {
      throw MessageError("the session is open already", code: .openAlready)
    }
    guard session.phase == .connected else {
      throw MessageError("the session is over", code: .notOpen)
    }
    try open.check(manifest, numerics)
    try sessions.open(id, feedback: open.feedback)
    let encodings = open.encodings.filter(manifest.takenEncodings.contains)
    session.reply(
      .opened(
        .init(
          encodings: encodings, window: UInt32(limits.window), feedback: open.feedback,
          statesInAsks: open.statesInAsks)))
  }

  /// Keeps hidden states; nothing runs before a request.
  ///
  /// - Returns: whether they are kept; false for a session that waits for room, or that was sent them before it knew
  ///   of its eviction.
  private mutating func accept(
    _ states: Message.States, _ id: UInt64, _ now: ContinuousClock.Instant
  ) throws(MessageError) -> Bool {
    let session = try openSession(id)
    try intake.check(states)
    let (first, count) = (Int(states.firstPosition), Int(states.count))
    guard session.takesStates(from: first) else {
      sessions.park(id, wanted: first + count, now: now)
      return false
    }
    guard first == session.positions else {
      throw MessageError(
        "states from position \(first); \(session.positions) is next", code: .positionMismatch)
    }
    let values = try intake.unpack(states)
    guard try sessions.makeRoom(for: first + count, id) else {
      sessions.update(id) { $0.noteLapsedReservation() }
      sessions.park(id, wanted: first + count, now: now)
      return false
    }
    sessions.update(id) { $0.append(values) }
    sessions.recharge(id)
    return true
  }

  /// Says how many positions of a session are here.
  private func acknowledge(_ id: UInt64) {
    guard let session = sessions[id] else { return }
    session.reply(.acknowledged(positions: UInt32(session.positions)))
  }

  private mutating func request(
    _ ask: Message.Ask, _ id: UInt64, _ now: ContinuousClock.Instant
  ) throws(MessageError) {
    let session = try openSession(id)
    guard session.phase == .live else {
      return sessions.park(id, wanted: Int(ask.position), now: now)
    }
    let positions = session.positions
    guard Int(ask.position) == positions, positions > 0 else {
      throw MessageError(
        "asked for position \(ask.position) with the states of \(positions) positions here",
        code: .positionMismatch)
    }
    try ask.check()
    guard session.canAnswer(from: positions - ask.drafts.count) else {
      return sessions.park(id, wanted: positions, now: now)
    }
    sessions.update(id) { $0.ask(ask, now: now) }
    meter.note { $0.asks += 1 }
    sessions.queue(id)
  }

  private mutating func rollBack(
    to positions: Int, _ id: UInt64, _ now: ContinuousClock.Instant
  ) throws(MessageError) {
    let session = try openSession(id)
    guard positions > 0 else { throw MessageError("a rewind to 0; expected at least 1") }
    guard session.phase == .live else {
      return sessions.park(id, wanted: positions, now: now)
    }
    guard positions <= session.positions else {
      throw MessageError(
        "a rewind to \(positions); \(session.positions) positions are here",
        code: .positionMismatch)
    }
    // What leads there is gone: everything is to come again.
    guard reach.map({ session.reaches(positions, $0) }) ?? true else {
      return sessions.park(id, wanted: session.positions, now: now)
    }
    sessions.update(id) { $0.rollBack(to: positions) }
    sessions.recharge(id)
  }

  private func openSession(_ id: UInt64) throws(MessageError) -> CloudSession {
    guard let session = sessions[id], session.isOpen else {
      throw MessageError("the session is not open", code: .notOpen)
    }
    return session
  }

  // MARK: - Passes

  /// Takes what the next pass runs.
  mutating func nextPass(now: ContinuousClock.Instant) -> CloudPass {
    sessions.nextPass(largest: pace.largestPass(atMost: Workspace.largestBatch), now: now)
  }

  /// Takes the results of a pass, which took `time`.
  mutating func finish(
    _ pass: CloudPass, _ outcomes: [CloudPass.Outcome], time: Duration,
    now: ContinuousClock.Instant
  ) {
    meter.note(pass, hiddenSize: manifest.configuration.hiddenSize, time: time)
    pace.note(positions: outcomes.reduce(0) { $0 + $1.count }, time: time)
    for outcome in outcomes { finish(outcome, now) }
    sessions.admit(now: now)
    sessions.note()
  }

  private mutating func finish(_ outcome: CloudPass.Outcome, _ now: ContinuousClock.Instant) {
    let id = outcome.session
    // The session may have ended, or have been evicted, while it ran.
    guard sessions[id]?.cache == outcome.cache else { return }
    sessions.update(id) { $0.finishPass(rows: outcome.rows, returned: outcome.returned) }
    switch outcome.answer {
    case nil: break
    case .failure(let error): return sessions.refuse(id, error, now: now)
    case .success(let answer):
      send(answer, id)
      sessions.endReservation(id)
      takeWaiting(id, now)
    }
    sessions.recharge(id)
  }

  /// Sends an answer with the states that come back: the last of them in it, earlier ones before it.
  private mutating func send(_ answer: Message.CloudAnswer, _ id: UInt64) {
    var answer = answer
    var returned =
      sessions.update(id) { $0.finishRequest(answeredAt: Int(answer.position)) } ?? []
    // Counted before it goes out: who has the answer finds it in the metrics.
    meter.note {
      $0.returnedPositions += returned.reduce(0) { $0 + Int($1.count) }
      $0.returnedBytes += returned.reduce(0) { $0 + $1.data.count }
    }
    answer.returned = returned.popLast()
    for message in returned { sessions[id]?.reply(.returned(message)) }
    sessions[id]?.reply(.answer(answer))
  }
}

extension Message {
  /// Whether it says something of positions, which a pending request fixes.
  fileprivate var isAboutPositions: Bool {
    switch self {
    case .states, .ask, .rewind: true
    default: false
    }
  }
}
