import CleaveModel

/// Answers the sessions of a tier before with the exits of a middle bundle, and asks the tier behind where none is
/// sure. To the one it is a cloud, to the other an edge: each session has a session of its own behind it. A session's
/// messages are handled one after another; sessions do not share passes.
package actor MiddleTier: SessionHost {
  /// Opens a session with the tier behind.
  ///
  /// - Parameter exitsMayAnswer: whether exits of tiers further behind may answer.
  package typealias Behind = @Sendable (_ exitsMayAnswer: Bool) async throws -> CloudClient

  package nonisolated let meter = CloudMeter()
  let model: MiddleModel
  let pool: ThreadPool
  let limits: CloudLimits
  private let behind: Behind
  private var sessions: [UInt64: MiddleSession] = [:]
  private var budget: MiddleBudget
  private var rates: ClientRates
  private var lastID: UInt64 = 0
  private var sweeper: Task<Void, Never>?
  /// Sessions that wait for others to end what they do, so that there may be room.
  private var waiting: [UInt64: CheckedContinuation<RoomWait, Never>] = [:]

  /// How a wait for room ends.
  private enum RoomWait {
    case tryAgain, evicted
  }

  package init(
    _ model: MiddleModel, pool: ThreadPool, limits: CloudLimits = CloudLimits(),
    behind: @escaping Behind
  ) {
    self.model = model
    self.pool = pool
    self.limits = limits
    self.behind = behind
    budget = MiddleBudget(limit: limits.bytes)
    let exits = model.manifest.exits
    meter.note { for exit in exits { $0.exitAnswers[exit.depth] = 0 } }
    rates = ClientRates(positionsPerSecond: limits.positionsPerSecond)
  }

  deinit { sweeper?.cancel() }

  package var sessionCount: Int { budget.openCount }

  // MARK: - Streams

  package func connect(
    client: String, reply: @escaping @Sendable (Message) -> Void
  ) -> CloudConnection {
    sweepRegularly()
    lastID += 1
    sessions[lastID] = MiddleSession(id: lastID, client: client, tier: self, reply: reply)
    return CloudConnection(id: lastID, host: self)
  }

  package func receive(_ message: Message, from id: UInt64) async -> Duration {
    guard let session = sessions[id] else { return .zero }
    budget.begin(id)
    await session.receive(message)
    budget.finish(id, now: .now)
    resumeWaiting()
    noteSessions()
    guard let states = message.uploadedStates else { return .zero }
    let wait = rates.take(Int(states.count), client: session.client, now: .now)
    if wait > .zero { meter.note { $0.throttledSeconds += wait / .seconds(1) } }
    return wait
  }

  package func disconnect(_ id: UInt64) async {
    guard let session = sessions.removeValue(forKey: id) else { return }
    await session.end()
    if !sessions.values.contains(where: { $0.client == session.client }) {
      rates.remove(session.client)
    }
  }

  private func noteSessions() {
    let (count, bytes) = (budget.openCount, budget.charged)
    meter.note { ($0.sessions, $0.bytes) = (count, bytes) }
  }

  // MARK: - What a session calls

  /// Counts a session that opens.
  ///
  /// - Throws: `MessageError` where there are too many.
  func open(_ id: UInt64, client: String) throws(MessageError) {
    guard budget.openCount < limits.sessions else {
      throw MessageError("\(limits.sessions) sessions are open", code: .tooManySessions)
    }
    let own = sessions.filter { $0.value.client == client && budget.isOpen($0.key) }.count
    guard own < limits.sessionsPerClient ?? .max else {
      throw MessageError("\(own) sessions of this client are open", code: .tooManySessions)
    }
    budget.open(id, now: .now)
    noteSessions()
  }

  func openBehind(exitsMayAnswer: Bool) async throws -> CloudClient {
    try await behind(exitsMayAnswer)
  }

  /// Makes room for a session that grows, at the cost of those that were silent for longest, or wait for room themselves. It
  /// may be evicted while it waits; then nothing is charged.
  ///
  /// - Throws: `MessageError` where it takes more than there is for all.
  func makeRoom(_ id: UInt64, positions: Int) async throws(MessageError) {
    let bytes = model.sessionBytes(positions: positions)
    guard bytes <= limits.bytes else {
      throw MessageError(
        "\(positions) positions take more than all the memory of this tier", code: .contextLimit)
    }
    while !budget.charge(id, bytes) {
      guard let other = budget.longestSilent(except: id, or: waiting.keys) else {
        guard await waitForRoom(id) == .tryAgain else { return }
        continue
      }
      await evict(other)
    }
    noteSessions()
  }

  /// Waits until another session ends what it does.
  private func waitForRoom(_ id: UInt64) async -> RoomWait {
    await withCheckedContinuation { waiting[id] = $0 }
  }

  private func evict(_ id: UInt64) async {
    budget.discharge(id)
    guard await sessions[id]?.evict() == true else { return }
    meter.note { $0.evictions += 1 }
    waiting.removeValue(forKey: id)?.resume(returning: .evicted)
  }

  private func resumeWaiting() {
    let resumed = waiting.values
    waiting = [:]
    for continuation in resumed { continuation.resume(returning: .tryAgain) }
  }

  func discharge(_ id: UInt64) {
    budget.discharge(id)
    resumeWaiting()
  }

  func close(_ id: UInt64) {
    budget.close(id)
    resumeWaiting()
    noteSessions()
  }

  // MARK: - Silence

  private func sweepRegularly() {
    guard sweeper == nil else { return }
    let period = min(max(limits.idle / 4, .milliseconds(50)), .seconds(5))
    sweeper = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: period)
        guard let self else { return }
        await self.sweep()
      }
    }
  }

  private func sweep() async {
    for id in budget.silent(for: limits.idle, now: .now) {
      meter.note { $0.expirations += 1 }
      await sessions[id]?.refuse(
        MessageError("nothing was said for \(limits.idle)", code: .unavailable))
    }
  }
}
