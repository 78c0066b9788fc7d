import CleaveModel

/// Keeps each session's uploaded hidden states and KV cache, and answers when asked: what is pending of all
/// sessions that ask runs through the cloud's blocks together (continuous batching, Yu et al., OSDI 2022), so an
/// answer is what the whole model would say there. Nothing is computed for tokens that nobody asks about.
///
/// `CloudProtocol` decides what messages change, `CloudEngine` runs passes; this actor has the streams, the clock
/// and the order in which things happen.
package actor CloudContextManager: SessionHost {
  package nonisolated let meter: CloudMeter
  private let limits: CloudLimits
  private let engine: CloudEngine
  private var sessions: CloudProtocol
  private var rates: ClientRates
  private var isRunning = false
  private var sweeper: Task<Void, Never>?

  /// - Parameter mayTake: asked before the KV cache of a session takes memory; a session that it is denied
  ///   is refused.
  package init(
    _ model: CloudModel, numerics: Numerics = .standard, pool: ThreadPool,
    limits: CloudLimits = CloudLimits(), mayTake: @escaping MemoryGate = { _ in true }
  ) {
    let meter = CloudMeter()
    self.meter = meter
    self.limits = limits
    rates = ClientRates(positionsPerSecond: limits.positionsPerSecond)
    engine = CloudEngine(model, numerics: numerics, pool: pool, meter: meter, mayTake: mayTake)
    sessions = CloudProtocol(model, numerics: numerics, limits: limits, meter: meter)
  }

  deinit { sweeper?.cancel() }

  package var sessionCount: Int { sessions.openCount }

  /// Begins a stream.
  ///
  /// - Parameters:
  ///   - client: the name of the client whose stream it is.
  ///   - reply: takes what the cloud says, in order.
  package func connect(
    client: String, reply: @escaping @Sendable (Message) -> Void
  ) -> CloudConnection {
    sweepRegularly()
    return CloudConnection(
      id: sessions.connect(client: client, now: .now, reply: reply), host: self)
  }

  package func disconnect(_ id: UInt64) {
    guard let client = sessions.client(of: id) else { return }
    sessions.disconnect(id, now: .now)
    if !sessions.contains(client: client) { rates.remove(client) }
    runPasses()
  }

  /// - Returns: how long to wait before the next message is taken.
  package func receive(_ message: Message, from id: UInt64) -> Duration {
    guard let client = sessions.client(of: id) else { return .zero }
    sessions.receive(message, from: id, now: .now)
    runPasses()
    guard let states = message.uploadedStates else { return .zero }
    let wait = rates.take(Int(states.count), client: client, now: .now)
    if wait > .zero { meter.note { $0.throttledSeconds += wait / .seconds(1) } }
    return wait
  }

  /// Runs passes while sessions ask.
  private func runPasses() {
    guard !isRunning, sessions.needsPass else { return }
    isRunning = true
    Task {
      while self.sessions.needsPass {
        let pass = self.sessions.nextPass(now: .now)
        let start = ContinuousClock.now
        let outcomes = await self.engine.run(pass)
        self.sessions.finish(pass, outcomes, time: start.duration(to: .now), now: .now)
      }
      self.isRunning = false
    }
  }

  private func sweepRegularly() {
    guard sweeper == nil else { return }
    let period = min(max(min(limits.idle, limits.reservation) / 4, .milliseconds(10)), .seconds(5))
    sweeper = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: period)
        guard let self else { return }
        await self.sweep()
      }
    }
  }

  private func sweep() {
    sessions.sweep(now: .now)
    runPasses()
  }
}
