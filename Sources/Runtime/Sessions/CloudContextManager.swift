import CleaveModel

/// Keeps each session's uploaded states and KV cache, and answers when asked: all that is pending runs
/// through the cloud's blocks in one batch, so an answer is what the whole model would say there.
public actor CloudContextManager {
  private struct Session {
    let reply: @Sendable (Message) -> Void
    /// Of a session that is open.
    var segment: Segment?
  }

  private let model: CloudModel
  private var sessions: [UInt64: Session] = [:]
  private var connections: UInt64 = 0
  private var workspace: Workspace
  private let maxSessions: Int

  public init(
    _ model: CloudModel, numerics: Numerics = .standard, pool: ThreadPool, maxSessions: Int = 64
  ) {
    self.model = model
    self.maxSessions = maxSessions
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
  }

  public var sessionCount: Int { sessions.values.count { $0.segment != nil } }

  /// Begins a stream.
  ///
  /// - Parameters:
  ///   - client: whose it is.
  ///   - reply: takes what the cloud says, in order.
  public func connect(
    client: String, reply: @escaping @Sendable (Message) -> Void
  ) -> CloudConnection {
    connections += 1
    sessions[connections] = Session(reply: reply)
    return CloudConnection(id: connections, manager: self)
  }

  func disconnect(_ id: UInt64) { sessions[id] = nil }

  func receive(_ message: Message, from id: UInt64) {
    guard let session = sessions[id] else { return }
    do throws(MessageError) {
      if let reply = try handle(message, id) { session.reply(reply) }
    } catch {
      session.reply(.refusal(.init(code: error.code, text: error.description)))
      sessions[id]?.segment = nil
    }
  }

  private func handle(_ message: Message, _ id: UInt64) throws(MessageError) -> Message? {
    switch message {
    case .open(let open): return try self.open(open, id)
    case .states(let states): return try accept(states, id)
    case .ask(let ask): return try answer(ask, id)
    case .close:
      sessions[id]?.segment = nil
      return nil
    case .rewind: throw MessageError("not yet")
    case .opened, .acknowledged, .answer, .lacking, .refusal:
      throw MessageError("a message that only the cloud sends")
    }
  }

  private func open(_ open: Message.Open, _ id: UInt64) throws(MessageError) -> Message {
    try open.check(model.manifest, workspace.numerics)
    guard sessions[id]?.segment == nil else {
      throw MessageError("the session is open already", code: .openAlready)
    }
    guard sessionCount < maxSessions else {
      throw MessageError("\(maxSessions) sessions are open", code: .tooManySessions)
    }
    sessions[id]?.segment = Segment(model.stack, numerics: workspace.numerics)
    return .opened(
      .init(encodings: open.encodings.filter(StatesEncoding.all.contains), window: 4096))
  }

  /// States are kept, not run: nothing is computed for tokens that nobody asks about.
  private func accept(_ states: Message.States, _ id: UInt64) throws(MessageError) -> Message {
    guard let positions = sessions[id]?.segment?.positions else {
      throw MessageError("the session is not open", code: .notOpen)
    }
    guard Int(states.firstPosition) == positions else {
      throw MessageError(
        "states from position \(states.firstPosition); \(positions) is next",
        code: .positionMismatch)
    }
    let configuration = model.manifest.configuration
    guard positions + Int(states.count) <= configuration.contextLength else {
      throw MessageError(
        "more than \(configuration.contextLength) positions", code: .contextLimit)
    }
    sessions[id]?.segment?.append(try states.decode(hiddenSize: configuration.hiddenSize))
    return .acknowledged(positions: states.firstPosition + states.count)
  }

  private func answer(_ ask: Message.Ask, _ id: UInt64) throws(MessageError) -> Message {
    guard let positions = sessions[id]?.segment?.positions else {
      throw MessageError("the session is not open", code: .notOpen)
    }
    try ask.check()
    guard Int(ask.position) == positions, positions > 0 else {
      throw MessageError(
        "asked for position \(ask.position) with the states of \(positions) positions here",
        code: .positionMismatch)
    }
    let summary = try summarizeLast(id)
    let token = ask.sampling.choose(from: workspace.logits, summary, position: positions)
    return .answer(
      .init(
        position: ask.position, token: UInt32(token), maxProbability: summary.maxProbability,
        margin: summary.margin))
  }

  /// Runs what is pending and leaves the logits after the last position in the workspace.
  private func summarizeLast(_ id: UInt64) throws(MessageError) -> LogitsSummary {
    // Taken out and put back, so that its buffers are changed in place and never copied.
    guard var segment = sessions[id]?.segment.take() else {
      preconditionFailure("the session is open")
    }
    defer { sessions[id]?.segment = segment }
    segment.run(&workspace)
    do {
      return try model.unembedding(
        segment.states, row: segment.stateCount - 1, norm: model.finalNorm, &workspace)
    } catch {
      throw MessageError("\(error)", code: .noAnswer)
    }
  }
}
