/// Keeps each session's uploaded states and KV cache, and answers when asked: what is pending of all the
/// sessions that ask runs through the cloud's blocks together (continuous batching, Yu et al., OSDI 2022), so
/// an answer is what the whole model would say there. Nothing is computed for tokens that nobody asks about.
///
/// specs/protocol.md says what is answered to what. The aspects: `+Messages` takes them, `+Passes` runs what
/// is asked, `+Memory` keeps all of it under the cap.
package actor CloudContextManager {
  let model: CloudModel
  let numerics: Numerics
  let limits: CloudLimits
  package nonisolated let meter = CloudMeter()
  let engine: CloudEngine
  var sessions: [UInt64: CloudSession] = [:]
  private var connections: UInt64 = 0
  var rates: ClientRates
  /// Sessions with a question, in the order of their turns.
  var asking: [UInt64] = []
  /// Sessions that wait for room, the longest first.
  var parked: [UInt64] = []
  /// KV caches made so far, and those that nobody has any more.
  var cacheCount: UInt64 = 0
  var dropping: [UInt64] = []
  var isRunning = false
  /// Bytes that sessions are charged with.
  var charged = 0
  private var sweeper: Task<Void, Never>?

  /// - Parameter mayTake: asked before the KV cache of a session takes memory; a session that it is denied
  ///   is refused.
  package init(
    _ model: CloudModel, numerics: Numerics = .standard, pool: ThreadPool,
    limits: CloudLimits = CloudLimits(), mayTake: @escaping MemoryGate = { _ in true }
  ) {
    self.model = model
    self.numerics = numerics
    self.limits = limits
    rates = ClientRates(positionsPerSecond: limits.positionsPerSecond)
    engine = CloudEngine(model, numerics: numerics, pool: pool, mayTake: mayTake)
  }

  deinit { sweeper?.cancel() }

  var hiddenSize: Int { model.manifest.configuration.hiddenSize }

  package var sessionCount: Int { sessions.values.count(where: \.isOpen) }

  /// Begins a stream.
  ///
  /// - Parameters:
  ///   - client: whose it is.
  ///   - reply: takes what the cloud says, in order.
  package func connect(
    client: String, reply: @escaping @Sendable (Message) -> Void
  ) -> CloudConnection {
    connections += 1
    sessions[connections] = CloudSession(client: client, now: .now, reply: reply)
    sweepFromTimeToTime()
    return CloudConnection(id: connections, manager: self)
  }

  func disconnect(_ id: UInt64) {
    end(id)
    guard let session = sessions.removeValue(forKey: id) else { return }
    if !sessions.values.contains(where: { $0.client == session.client }) {
      rates.forget(session.client)
    }
  }

  /// Drops what a session has; its stream stays.
  func end(_ id: UInt64) {
    guard sessions[id] != nil else { return }
    release(id)
    sessions[id]?.phase = .ended
    noteSessions()
    admit()
    pump()
  }

  func refuse(_ id: UInt64, _ error: MessageError) {
    sessions[id]?.reply(.refusal(.init(code: error.code, text: error.description)))
    end(id)
  }

  func noteSessions() {
    let (count, bytes) = (sessionCount, charged)
    meter.note { ($0.sessions, $0.bytes) = (count, bytes) }
  }

  // MARK: - Time

  private func sweepFromTimeToTime() {
    guard sweeper == nil else { return }
    let period = min(max(limits.idle / 4, .milliseconds(50)), .seconds(5))
    sweeper = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: period)
        guard let self else { return }
        await self.sweep(now: .now)
      }
    }
  }

  /// Ends sessions that have been silent for too long, and takes promises back that were not used.
  func sweep(now: ContinuousClock.Instant) {
    for (id, session) in sessions where session.isOpen && session.question == nil {
      let silence = session.lastHeard.duration(to: now)
      if silence >= limits.idle {
        meter.note { $0.expirations += 1 }
        refuse(id, MessageError("nothing was said for \(limits.idle)", code: .unavailable))
      } else if session.promised > 0, silence >= Self.promise {
        sessions[id]?.promised = 0
        recharge(id)
        admit()
      }
    }
  }

  /// How long room is kept for a session that was told to come back.
  private static let promise = Duration.seconds(5)
}
