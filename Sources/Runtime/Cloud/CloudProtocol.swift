import CleaveModel

/// The cloud's half of specs/protocol.md for all sessions, without streams, timers or computing: what each message
/// changes, what the next pass runs, and what its results change. Replies go out through each session's `reply`.
struct CloudProtocol {
  private let manifest: Manifest
  private let embedding: Embedding?
  private let numerics: Numerics
  private let limits: CloudLimits
  /// Positions that a session can always go back; nil where it can go anywhere.
  private let reach: Int?
  private let meter: CloudMeter
  private var table = SessionTable()
  private var budget: MemoryBudget
  private var planner = PassPlanner(largestPass: Workspace.largestBatch)
  private var pace: PassPace

  init(_ model: CloudModel, numerics: Numerics, limits: CloudLimits, meter: CloudMeter) {
    manifest = model.manifest
    embedding = model.embedding
    self.numerics = numerics
    self.limits = limits
    reach = model.stack.hasStates ? StateMemory.standardReach : nil
    self.meter = meter
    let cost = SessionCost(
      manifest.configuration, numerics, kinds: model.stack.kinds)
    budget = MemoryBudget(limit: limits.bytes, cost: cost, meter: meter)
    pace = PassPace(target: limits.targetLatency)
  }

  var openCount: Int { table.openCount }
  /// Whether a pass has something to do.
  var needsPass: Bool { !planner.isEmpty || table.hasRetiredCaches }

  func client(of id: UInt64) -> String? { table[id]?.client }
  func contains(client: String) -> Bool { table.contains(client: client) }

  // MARK: - Streams

  mutating func connect(
    client: String, now: ContinuousClock.Instant, reply: @escaping @Sendable (Message) -> Void
  ) -> UInt64 {
    table.add(
      CloudSession(
        client: client, hiddenSize: manifest.configuration.hiddenSize, now: now, reply: reply))
  }

  mutating func disconnect(_ id: UInt64, now: ContinuousClock.Instant) {
    end(id, now: now)
    _ = table.remove(id)
    noteSessions()
  }

  /// Drops what a session has; its stream stays.
  private mutating func end(_ id: UInt64, now: ContinuousClock.Instant) {
    table.end(id)
    budget.release(id)
    planner.remove(id)
    budget.admit(now: now, in: &table)
  }

  private mutating func refuse(
    _ id: UInt64, _ error: MessageError, now: ContinuousClock.Instant
  ) {
    table[id]?.reply(.refusal(.init(code: error.code, text: error.description)))
    end(id, now: now)
  }

  /// Ends sessions that have been silent for too long, and ends reservations that were not used.
  mutating func sweep(now: ContinuousClock.Instant) {
    for (id, lastHeard) in table.silent {
      let silence = lastHeard.duration(to: now)
      if silence >= limits.idle {
        meter.note { $0.expirations += 1 }
        let error = MessageError("nothing was said for \(limits.idle)", code: .unavailable)
        refuse(id, error, now: now)
      } else if budget.hasReservation(id), silence >= Self.reservationTime {
        budget.endReservation(id)
        budget.recharge(id, in: table)
        budget.admit(now: now, in: &table)
      }
    }
    noteSessions()
  }

  /// How long room is kept for a session that was told to resend.
  private static let reservationTime = Duration.seconds(5)

  private func noteSessions() {
    let (count, bytes) = (table.openCount, budget.charged)
    meter.note { ($0.sessions, $0.bytes) = (count, bytes) }
  }

  // MARK: - Messages

  mutating func receive(_ message: Message, from id: UInt64, now: ContinuousClock.Instant) {
    defer { noteSessions() }
    table.update(id) { $0.noteHeard(now: now) }
    guard table[id]?.hasRequest == true, message.isAboutPositions else {
      return handle(message, id, now)
    }
    do throws(MessageError) {
      try message.uploadedStates?.checkSize(hiddenSize: manifest.configuration.hiddenSize)
    } catch {
      return refuse(id, error, now: now)
    }
    guard table.update(id, { $0.enqueue(message, window: limits.window) }) == true else {
      let text = "more than \(limits.window) positions that are not acknowledged"
      return refuse(id, MessageError(text), now: now)
    }
    budget.recharge(id, in: table)
    guard !budget.makeRoom(except: id, in: &table), let session = table[id] else { return }
    park(id, wanted: session.arrivedPositions, now: now)
  }

  /// Takes what came behind a request that is answered, until the next request.
  private mutating func takeWaiting(_ id: UInt64, _ now: ContinuousClock.Instant) {
    while let message = table.update(id, { $0.dequeue() }) ?? nil { handle(message, id, now) }
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
      case .close: end(id, now: now)
      case .opened, .acknowledged, .answer, .returned, .lacking, .refusal:
        throw MessageError("a message that only the cloud sends")
      }
    } catch {
      refuse(id, error, now: now)
    }
  }

  private mutating func open(_ open: Message.Open, _ id: UInt64) throws(MessageError) {
    guard let session = table[id] else { return }
    guard !session.isOpen else {
      throw MessageError("the session is open already", code: .openAlready)
    }
    guard session.phase == .connected else {
      throw MessageError("the session is over", code: .notOpen)
    }
    try open.check(manifest, numerics)
    guard table.openCount < limits.sessions else {
      throw MessageError("\(limits.sessions) sessions are open", code: .tooManySessions)
    }
    let own = table.openCount(of: session.client)
    guard own < limits.sessionsPerClient ?? .max else {
      throw MessageError("\(own) sessions of this client are open", code: .tooManySessions)
    }
    table.open(id, feedback: open.feedback)
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
    let (first, count) = (Int(states.firstPosition), Int(states.count))
    let session = try openSession(id)
    let context = manifest.configuration.contextLength
    guard first + count <= context else {
      throw MessageError("more than \(context) positions", code: .contextLimit)
    }
    guard (1...Message.mostPositions).contains(count) else {
      throw MessageError("states of \(count) positions; expected 1 to \(Message.mostPositions)")
    }
    guard session.takesStates(from: first) else {
      park(id, wanted: first + count, now: now)
      return false
    }
    guard first == session.positions else {
      throw MessageError(
        "states from position \(first); \(session.positions) is next", code: .positionMismatch)
    }
    let values = try unpack(states)
    guard try budget.makeRoom(for: first + count, id, in: &table) else {
      table.update(id) { $0.noteLapsedReservation() }
      park(id, wanted: first + count, now: now)
      return false
    }
    table.update(id) { $0.append(values) }
    budget.recharge(id, in: table)
    return true
  }

  /// - Returns: what the first block reads of these positions: `[count, hidden]`.
  private func unpack(_ states: Message.States) throws(MessageError) -> [Float] {
    let start = ContinuousClock.now
    defer { meter.note { $0.unpackingSeconds += start.duration(to: .now) / .seconds(1) } }
    guard let embedding else {
      return try states.decode(hiddenSize: manifest.configuration.hiddenSize)
    }
    var values: [Float] = []
    let tokens = try states.tokens()
    do { try embedding.append(tokens[...], to: &values) } catch {
      throw MessageError("\(error)")
    }
    return values
  }

  /// Says how many positions of a session are here.
  private func acknowledge(_ id: UInt64) {
    guard let session = table[id] else { return }
    session.reply(.acknowledged(positions: UInt32(session.positions)))
  }

  private mutating func request(
    _ ask: Message.Ask, _ id: UInt64, _ now: ContinuousClock.Instant
  ) throws(MessageError) {
    let session = try openSession(id)
    guard session.phase == .live else { return park(id, wanted: Int(ask.position), now: now) }
    let positions = session.positions
    guard Int(ask.position) == positions, positions > 0 else {
      throw MessageError(
        "asked for position \(ask.position) with the states of \(positions) positions here",
        code: .positionMismatch)
    }
    try ask.check()
    guard session.canAnswer(from: positions - ask.drafts.count) else {
      return park(id, wanted: positions, now: now)
    }
    table.update(id) { $0.ask(ask, now: now) }
    meter.note { $0.asks += 1 }
    planner.append(id)
  }

  private mutating func rollBack(
    to positions: Int, _ id: UInt64, _ now: ContinuousClock.Instant
  ) throws(MessageError) {
    let session = try openSession(id)
    guard positions > 0 else { throw MessageError("a rewind to 0; expected at least 1") }
    guard session.phase == .live else { return park(id, wanted: positions, now: now) }
    guard positions <= session.positions else {
      throw MessageError(
        "a rewind to \(positions); \(session.positions) positions are here",
        code: .positionMismatch)
    }
    // What leads there is gone: everything is to come again.
    guard reach.map({ session.reaches(positions, $0) }) ?? true else {
      return park(id, wanted: session.positions, now: now)
    }
    table.update(id) { $0.rollBack(to: positions) }
    budget.recharge(id, in: table)
  }

  private func openSession(_ id: UInt64) throws(MessageError) -> CloudSession {
    guard let session = table[id], session.isOpen else {
      throw MessageError("the session is not open", code: .notOpen)
    }
    return session
  }

  /// Lets a session wait for room, and admits those there is room for.
  private mutating func park(_ id: UInt64, wanted: Int, now: ContinuousClock.Instant) {
    planner.remove(id)
    budget.park(id, wanted: wanted, now: now, in: &table)
  }

  // MARK: - Passes

  /// Takes what the next pass runs.
  mutating func nextPass(now: ContinuousClock.Instant) -> CloudPass {
    var pass = CloudPass(dropping: table.takeRetiredCaches())
    planner.largestPass = pace.largestPass(atMost: Workspace.largestBatch)
    for piece in planner.plan(pending: { table[$0]?.pendingPositions ?? 0 }) {
      let id = piece.session
      if let wait = table.update(id, { $0.beginRequest(now: now) }) ?? nil {
        meter.note { $0.queueSeconds += wait / .seconds(1) }
      }
      let item = table.update(id) { $0.takePassItem(id: id, count: piece.count) }
      if let item { pass.items.append(item) }
    }
    return pass
  }

  /// Takes the results of a pass, which took `time`.
  mutating func finish(
    _ pass: CloudPass, _ outcomes: [CloudPass.Outcome], time: Duration,
    now: ContinuousClock.Instant
  ) {
    meter.note(pass, hiddenSize: manifest.configuration.hiddenSize, time: time)
    pace.note(positions: outcomes.reduce(0) { $0 + $1.count }, time: time)
    for outcome in outcomes { finish(outcome, now) }
    budget.admit(now: now, in: &table)
    noteSessions()
  }

  private mutating func finish(_ outcome: CloudPass.Outcome, _ now: ContinuousClock.Instant) {
    let id = outcome.session
    // The session may have ended, or have been evicted, while it ran.
    guard table[id]?.cache == outcome.cache else { return }
    table.update(id) { $0.finishPass(rows: outcome.rows, returned: outcome.returned) }
    switch outcome.answer {
    case nil: break
    case .failure(let error): return refuse(id, error, now: now)
    case .success(let answer):
      send(answer, id)
      budget.endReservation(id)
      takeWaiting(id, now)
    }
    budget.recharge(id, in: table)
  }
}

extension CloudProtocol {
  /// Sends an answer with the states that come back: the last of them in it, earlier ones before it.
  private mutating func send(_ answer: Message.CloudAnswer, _ id: UInt64) {
    var answer = answer
    var returned =
      table.update(id) { $0.finishRequest(answeredAt: Int(answer.position)) } ?? []
    // Counted before it goes out: who has the answer finds it in the metrics.
    meter.note {
      $0.returnedPositions += returned.reduce(0) { $0 + Int($1.count) }
      $0.returnedBytes += returned.reduce(0) { $0 + $1.data.count }
    }
    answer.returned = returned.popLast()
    for message in returned { table[id]?.reply(.returned(message)) }
    table[id]?.reply(.answer(answer))
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
