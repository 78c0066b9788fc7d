import CleaveModel

/// The sessions of a cloud with the memory that they share and their turns in passes: what happens to a session whatever
/// was said.
struct CloudSessions {
  private let hiddenSize: Int
  private let limits: CloudLimits
  private let meter: CloudMeter
  private var table = SessionTable()
  private var budget: MemoryBudget
  private var planner = PassPlanner(largestPass: Workspace.largestBatch)

  init(_ model: CloudModel, numerics: Numerics, limits: CloudLimits, meter: CloudMeter) {
    let configuration = model.manifest.configuration
    hiddenSize = configuration.hiddenSize
    self.limits = limits
    self.meter = meter
    let cost = SessionCost(configuration, numerics, kinds: model.stack.kinds)
    budget = MemoryBudget(limit: limits.bytes, cost: cost, meter: meter)
  }

  subscript(id: UInt64) -> CloudSession? { table[id] }

  var openCount: Int { table.openCount }
  func contains(client: String) -> Bool { table.contains(client: client) }
  /// Whether a pass has something to do.
  var needsPass: Bool { !planner.isEmpty || table.hasRetiredCaches }

  /// Makes a transition of a session, where it is still there.
  @discardableResult
  mutating func update<Result>(
    _ id: UInt64, _ transition: (inout CloudSession) -> Result
  ) -> Result? { table.update(id, transition) }

  /// Counts the sessions and the bytes that they are charged with.
  func note() {
    let (count, bytes) = (table.openCount, budget.charged)
    meter.note { ($0.sessions, $0.bytes) = (count, bytes) }
  }

  // MARK: - From the first message to the end

  mutating func connect(
    client: String, now: ContinuousClock.Instant, reply: @escaping @Sendable (Message) -> Void
  ) -> UInt64 {
    table.add(CloudSession(client: client, hiddenSize: hiddenSize, now: now, reply: reply))
  }

  /// Gives a session what it needs to be asked.
  ///
  /// - Throws: `MessageError` where there are too many.
  mutating func open(_ id: UInt64, feedback: Message.Feedback?) throws(MessageError) {
    guard let session = table[id] else { return }
    guard table.openCount < limits.sessions else {
      throw MessageError("\(limits.sessions) sessions are open", code: .tooManySessions)
    }
    let own = table.openCount(of: session.client)
    guard own < limits.sessionsPerClient ?? .max else {
      throw MessageError("\(own) sessions of this client are open", code: .tooManySessions)
    }
    table.open(id, feedback: feedback)
  }

  mutating func disconnect(_ id: UInt64, now: ContinuousClock.Instant) {
    end(id, now: now)
    _ = table.remove(id)
  }

  /// Drops what a session has; its stream stays.
  mutating func end(_ id: UInt64, now: ContinuousClock.Instant) {
    table.end(id)
    budget.release(id)
    planner.remove(id)
    budget.admit(now: now, in: &table)
  }

  mutating func refuse(_ id: UInt64, _ error: MessageError, now: ContinuousClock.Instant) {
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
      } else if budget.hasReservation(id), silence >= limits.reservation {
        budget.endReservation(id)
        budget.recharge(id, in: table)
        budget.admit(now: now, in: &table)
      }
    }
  }

  // MARK: - Memory

  /// Brings what a session is charged with up to date.
  mutating func recharge(_ id: UInt64) { budget.recharge(id, in: table) }

  /// Makes room for a session that has grown already, and recharges it.
  ///
  /// - Returns: whether there was room.
  mutating func makeRoomForGrown(_ id: UInt64) -> Bool {
    budget.recharge(id, in: table)
    return budget.makeRoom(except: id, in: &table)
  }

  /// Makes room for a session that is to have so many positions.
  ///
  /// - Returns: whether there is room.
  /// - Throws: `MessageError` where there never will be.
  mutating func makeRoom(for positions: Int, _ id: UInt64) throws(MessageError) -> Bool {
    try budget.makeRoom(for: positions, id, in: &table)
  }

  /// Lets a session wait for room, and admits those there is room for.
  mutating func park(_ id: UInt64, wanted: Int, now: ContinuousClock.Instant) {
    planner.remove(id)
    budget.park(id, wanted: wanted, now: now, in: &table)
  }

  /// Ends what is kept for a session until its next answer, which has gone out.
  mutating func endReservation(_ id: UInt64) { budget.endReservation(id) }
  /// Tells sessions that wait for room to come back, as far as there is some.
  mutating func admit(now: ContinuousClock.Instant) { budget.admit(now: now, in: &table) }

  // MARK: - Turns

  /// A session with a request waits for its turn.
  mutating func queue(_ id: UInt64) { planner.append(id) }
  /// A session waits no longer: its request is done with.
  mutating func unqueue(_ id: UInt64) { planner.remove(id) }

  /// Takes what the next pass runs.
  ///
  /// - Parameter largest: positions of the pass.
  mutating func nextPass(largest: Int, now: ContinuousClock.Instant) -> CloudPass {
    var pass = CloudPass(dropping: table.takeRetiredCaches())
    planner.largestPass = largest
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
}
