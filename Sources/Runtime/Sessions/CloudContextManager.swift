import CleaveModel

/// Keeps each session's uploaded states and KV cache, and answers when asked: all that is pending runs
/// through the cloud's blocks in one batch, so an answer is what the whole model would say there.
public actor CloudContextManager {
  private let model: CloudModel
  private var sessions: [UInt64: Segment] = [:]
  private var workspace: Workspace
  private let maxSessions: Int

  public init(
    _ model: CloudModel, numerics: Numerics = .standard, pool: ThreadPool, maxSessions: Int = 64
  ) {
    self.model = model
    self.maxSessions = maxSessions
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
  }

  public var sessionCount: Int { sessions.count }

  /// Takes one frame.
  ///
  /// - Returns: the reply's frame, or nil for messages that want none.
  public func handle(_ frame: [UInt8]) -> [UInt8]? {
    let envelope: Envelope
    do {
      envelope = try Envelope(
        frame: frame, hiddenSize: model.manifest.configuration.hiddenSize)
    } catch {
      return refuse(error.code, error.description, session: error.session ?? 0)
    }
    let session = envelope.session
    switch envelope.message {
    case .open(let open): return self.open(open, session)
    case .states(let states): return accept(states, session)
    case .ask(let ask): return answer(ask, session)
    case .close:
      sessions[session] = nil
      return nil
    case .opened, .answer, .refusal:
      return refuse(.malformed, "a message that only the cloud sends", session: session)
    }
  }

  private func open(_ open: Message.Open, _ session: UInt64) -> [UInt8] {
    let manifest = model.manifest
    guard open.version == Message.version else {
      return refuse(
        .protocolVersion, "protocol \(open.version); this cloud speaks \(Message.version)",
        session: session)
    }
    guard open.modelID == manifest.modelID.hexadecimalBytes else {
      return refuse(
        .differentModel, "the edge bundle was cut from another model than this cloud bundle",
        session: session)
    }
    guard open.firstExit == manifest.blocks.lowerBound,
      open.hiddenSize == manifest.configuration.hiddenSize
    else {
      return refuse(
        .differentSplit,
        "the edge's first exit is after block \(open.firstExit), this cloud begins after"
          + " \(manifest.blocks.lowerBound)", session: session)
    }
    guard open.numerics == workspace.numerics else {
      return refuse(
        .differentNumerics,
        "the edge computes with \(open.numerics), this cloud with \(workspace.numerics)",
        session: session)
    }
    guard sessions[session] == nil else {
      return refuse(.sessionExists, "session \(session) is open already", session: session)
    }
    guard sessions.count < maxSessions else {
      return refuse(.tooManySessions, "\(maxSessions) sessions are open", session: session)
    }
    sessions[session] = Segment(model.stack, numerics: workspace.numerics)
    return Envelope(session: session, message: .opened).frame
  }

  /// States are kept, not run: nothing is computed for tokens that nobody asks about.
  private func accept(_ states: Message.States, _ session: UInt64) -> [UInt8]? {
    guard let positions = sessions[session]?.positions else {
      return refuse(.unknownSession, "session \(session) is not open", session: session)
    }
    guard Int(states.firstPosition) == positions else {
      return refuse(
        .positionMismatch, "states from position \(states.firstPosition); \(positions) is next",
        session: session)
    }
    let limit = model.manifest.configuration.contextLength
    guard positions + Int(states.count) <= limit else {
      return refuse(.contextLimit, "more than \(limit) positions", session: session)
    }
    sessions[session]?.append(states.values)
    return nil
  }

  private func answer(_ ask: Message.Ask, _ session: UInt64) -> [UInt8] {
    guard let positions = sessions[session]?.positions else {
      return refuse(.unknownSession, "session \(session) is not open", session: session)
    }
    guard Int(ask.position) == positions, positions > 0 else {
      return refuse(
        .positionMismatch,
        "asked for position \(ask.position) with the states of \(positions) positions here",
        session: session)
    }
    let summary: LogitsSummary
    do {
      summary = try summarizeLast(session)
    } catch {
      return refuse(.noAnswer, "\(error)", session: session)
    }
    let token = ask.sampling.choose(from: workspace.logits, summary, position: positions)
    let answer = Message.CloudAnswer(
      position: ask.position, token: UInt32(token), maxProbability: summary.maxProbability)
    return Envelope(session: session, message: .answer(answer)).frame
  }

  /// Runs what is pending and leaves the logits after the last position in the workspace.
  private func summarizeLast(_ session: UInt64) throws -> LogitsSummary {
    // Taken out and put back, so that its buffers are changed in place and never copied.
    guard var segment = sessions.removeValue(forKey: session) else {
      preconditionFailure("the session is open")
    }
    defer { sessions[session] = segment }
    segment.run(&workspace)
    return try model.unembedding(
      segment.states, row: segment.stateCount - 1, norm: model.finalNorm, &workspace)
  }

  private func refuse(_ code: Message.Refusal.Code, _ text: String, session: UInt64) -> [UInt8] {
    Envelope(session: session, message: .refusal(.init(code: code, text: text))).frame
  }
}
