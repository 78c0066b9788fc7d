import CleaveModel
import CleaveStorage

/// One session of a middle tier. Its phases are those of a session in a cloud, but that it never waits for room: it is
/// told at once to resend.
actor MiddleSession {
  private enum Phase {
    /// The stream is there; nothing was opened on it.
    case connected
    case live
    /// Its states were evicted, and it has not spoken since.
    case evicted
    /// It was told to resend everything.
    case lacking
    /// It was closed or refused.
    case ended
  }

  private let id: UInt64
  nonisolated let client: String
  private let tier: MiddleTier
  private let reply: @Sendable (Message) -> Void
  private var phase = Phase.connected
  private var exitsMayAnswer = false
  private var isBusy = false
  /// Whether it waits for room, and may be evicted though it is busy.
  private var isWaitingForRoom = false
  /// What runs the tier's blocks, and its session with the tier behind; nil where nothing is kept.
  private var running: (session: EdgeSession, behind: CloudClient)?

  init(
    id: UInt64, client: String, tier: MiddleTier, reply: @escaping @Sendable (Message) -> Void
  ) {
    self.id = id
    self.client = client
    self.tier = tier
    self.reply = reply
  }

  private var configuration: ModelConfiguration { tier.model.manifest.configuration }

  /// Takes a message. Returns when it has been answered.
  func receive(_ message: Message) async {
    isBusy = true
    defer { isBusy = false }
    do { try await handle(message) } catch {
      await refuse(error as? MessageError ?? MessageError(behind: error))
    }
  }

  /// - Returns: whether it gave up its states; false while a message is handled.
  func evict() async -> Bool {
    guard !isBusy || isWaitingForRoom, phase == .live else { return false }
    phase = .evicted
    await drop()
    return true
  }

  func refuse(_ error: MessageError) async {
    reply(.refusal(.init(code: error.code, text: error.description)))
    await end()
  }

  func end() async {
    phase = .ended
    await drop()
    await tier.close(id)
  }

  private func drop() async {
    let last = running
    running = nil
    await last?.behind.close()
  }

  // MARK: - Messages

  private func handle(_ message: Message) async throws {
    switch message {
    case .open(let open): try await self.open(open)
    case .states(let states):
      guard try await accept(states), let session = running?.session else { return }
      reply(.acknowledged(positions: UInt32(await session.takenPositions)))
    case .ask(let ask):
      if let states = ask.states { guard try await accept(states) else { return } }
      try await answer(ask)
    case .rewind(let positions): try await rewind(to: Int(positions))
    case .close: await end()
    case .opened, .acknowledged, .answer, .returned, .lacking, .refusal:
      throw MessageError("a message that only the cloud sends")
    }
  }

  private func open(_ open: Message.Open) async throws {
    switch phase {
    case .connected: break
    case .ended: throw MessageError("the session is over", code: .notOpen)
    default: throw MessageError("the session is open already", code: .openAlready)
    }
    let manifest = tier.model.manifest
    try open.check(manifest, tier.model.numerics)
    try await tier.open(id, client: client)
    phase = .live
    exitsMayAnswer = open.exitsMayAnswer
    // Before it is said to be open: the tier behind may refuse it.
    _ = try await start()
    reply(
      .opened(
        .init(
          encodings: open.encodings.filter(manifest.takenEncodings.contains),
          window: UInt32(tier.limits.window), statesInAsks: open.statesInAsks)))
  }

  /// The session that runs, with one behind it.
  private func start() async throws -> EdgeSession {
    if let session = running?.session { return session }
    let behind: CloudClient
    do { behind = try await tier.openBehind(exitsMayAnswer: exitsMayAnswer) } catch {
      throw MessageError(behind: error)
    }
    let session = EdgeSession(
      tier.model.model, policy: tier.model.policy, numerics: tier.model.numerics, cloud: behind,
      reach: StateMemory.standardReach, pool: tier.pool)
    running = (session, behind)
    return session
  }

  /// - Returns: the session, and how many positions it has; nil where it does not have them any more, which is said.
  private func live() async throws -> (EdgeSession, positions: Int)? {
    switch phase {
    case .connected, .ended: throw MessageError("the session is not open", code: .notOpen)
    case .lacking: return nil
    case .evicted:
      lack()
      return nil
    case .live:
      let session = try await start()
      return (session, await session.takenPositions)
    }
  }

  private func lack() {
    phase = .lacking
    reply(.lacking(positions: 0))
  }

  /// - Returns: whether the states are kept.
  private func accept(_ states: Message.States) async throws -> Bool {
    let (first, count) = (Int(states.firstPosition), Int(states.count))
    guard first + count <= configuration.contextLength else {
      throw MessageError("more than \(configuration.contextLength) positions", code: .contextLimit)
    }
    if phase == .lacking, first == 0 { phase = .live }
    guard let (session, positions) = try await live() else { return false }
    guard first == positions else {
      throw MessageError(
        "states from position \(first); \(positions) is next", code: .positionMismatch)
    }
    try states.checkSize(hiddenSize: configuration.hiddenSize)
    let values = try states.decode(hiddenSize: configuration.hiddenSize)
    isWaitingForRoom = true
    defer { isWaitingForRoom = false }
    try await tier.makeRoom(id, positions: first + count)
    isWaitingForRoom = false
    guard phase == .live else {
      if phase == .evicted { lack() }
      return false
    }
    do { try await session.take(values) } catch {
      throw MessageError("this tier has no memory for the KV cache", code: .unavailable)
    }
    return true
  }

  private func answer(_ ask: Message.Ask) async throws {
    guard let (session, positions) = try await live() else { return }
    guard Int(ask.position) == positions, positions > 0 else {
      throw MessageError(
        "asked for position \(ask.position) with the states of \(positions) positions here",
        code: .positionMismatch)
    }
    try ask.check()
    tier.meter.note { $0.asks += 1 }
    let answer: Message.CloudAnswer?
    do { answer = try await session.answer(ask, exitsMayAnswer: exitsMayAnswer) } catch {
      throw MessageError(behind: error)
    }
    guard let answer else { return await loseStates() }
    // Counted before it goes out, as in a cloud. Exits of tiers further behind are counted there.
    if let exit = answer.exit.map(Int.init) {
      tier.meter.note { if let count = $0.exitAnswers[exit] { $0.exitAnswers[exit] = count + 1 } }
    }
    reply(.answer(answer))
  }

  /// Lets everything be sent again.
  private func loseStates() async {
    await drop()
    await tier.discharge(id)
    lack()
  }

  private func rewind(to positions: Int) async throws {
    guard let (session, here) = try await live() else { return }
    guard positions > 0 else { throw MessageError("a rewind to 0; expected at least 1") }
    guard positions <= here else {
      throw MessageError(
        "a rewind to \(positions); \(here) positions are here", code: .positionMismatch)
    }
    guard await session.reaches(positions) else { return await loseStates() }
    try await session.rewind(to: positions)
  }
}

extension MessageError {
  /// What a session is refused with when the tier behind fails: its refusal where that is about the text; else another
  /// middle, or this one later, might take the session.
  init(behind error: any Error) {
    switch error {
    case let error as CloudRefusal where [.noAnswer, .contextLimit].contains(error.refusal.code):
      self.init(error.refusal.text, code: error.refusal.code)
    case let error as InputError: self.init("\(error)", code: .noAnswer)
    default: self.init("the tier behind: \(error)", code: .unavailable)
    }
  }
}
