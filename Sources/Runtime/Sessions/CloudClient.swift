import CleaveModel

/// The edge's side of one session with the cloud. It keeps what it uploaded, and gives it again to a cloud
/// that has lost it, to one that was started again, or to another of the same model.
public actor CloudClient {
  /// How a session goes on when its connection ends.
  public struct Reconnection: Sendable {
    /// A new connection, to the same cloud or to another.
    public var connect: @Sendable () async throws -> any CloudLink
    /// Failures in a row, without an answer between, before the session gives up.
    public var attempts = 8
    /// Before the second attempt; doubles with each.
    public var delay = Duration.milliseconds(100)
    public var longestDelay = Duration.seconds(5)

    public init(connect: @escaping @Sendable () async throws -> any CloudLink) {
      self.connect = connect
    }
  }

  private var link: any CloudLink
  private let reconnection: Reconnection?
  /// The longest wait for a reply.
  private let deadline: Duration?
  nonisolated let numerics: Numerics
  private let opening: Message.Open
  private let encoding: StatesEncoding
  private let vocabularySize: Int
  private var log: UploadLog
  /// Positions that went out on this connection, and those that have arrived.
  private var sent = 0
  private var acknowledged = 0
  private var window = 0
  private var failures = 0
  /// Bytes of messages sent, states and all.
  public private(set) var bytesUp = 0
  /// Bytes of messages received.
  public private(set) var bytesDown = 0
  /// Answers asked for.
  public private(set) var requests = 0
  /// Connections after the first.
  public private(set) var reconnections = 0
  /// Times that the cloud had lost states.
  public private(set) var repeats = 0

  /// Opens a session and waits until the cloud accepts it.
  ///
  /// - Parameters:
  ///   - deadline: the longest wait for a reply; nil waits for ever.
  ///   - reconnection: nil ends the session with its connection.
  /// - Throws: `CloudRefusal` when the cloud has another model or split, or computes otherwise.
  public init(
    _ link: any CloudLink, edge: Manifest, numerics: Numerics = .standard,
    encoding: StatesEncoding = .float32, deadline: Duration? = nil,
    reconnection: Reconnection? = nil
  ) async throws {
    self.link = link
    self.numerics = numerics
    self.encoding = encoding
    self.deadline = deadline
    self.reconnection = reconnection
    let hiddenSize = edge.configuration.hiddenSize
    vocabularySize = edge.configuration.vocabularySize
    opening = Message.Open(
      modelID: edge.modelID.hexadecimalBytes, firstExit: UInt32(edge.exits[0].depth),
      hiddenSize: UInt32(hiddenSize), numerics: numerics, encodings: [encoding])
    log = UploadLog(StatesCodec(encoding.format, hiddenSize: hiddenSize))
    try await persist { try await self.open() }
  }

  /// Hands states over, waiting only when the cloud is too far behind.
  ///
  /// - Parameter states: `[count, hidden]` at the first exit, of the positions that follow.
  func upload(_ states: [Float]) async throws {
    log.append(states)
    try await persist { try await self.sendRest() }
  }

  /// Forgets positions from this one on: they were a guess that was wrong.
  func rewind(to positions: Int) {
    log.truncate(to: positions)
    guard sent > positions else { return }
    send(.rewind(positions: UInt32(positions)))
    sent = positions
    acknowledged = min(acknowledged, positions)
  }

  /// The whole model's token at `position`, which follows everything uploaded.
  package func ask(position: Int, sampling: Sampling) async throws -> Answer {
    try await ask(position: position, sampling: sampling, drafts: []).answer
  }

  /// The first token that the whole model would not have drafted, or that at `position`.
  ///
  /// - Parameter drafts: tokens of the positions before, whose states are uploaded. Those from the answer's
  ///   place on are forgotten, here and in the cloud.
  package func ask(
    position: Int, sampling: Sampling, drafts: [Int]
  ) async throws -> (answer: Answer, place: Int) {
    requests += 1
    let ask = Message.Ask(
      position: UInt32(position), sampling: sampling, drafts: drafts.map(UInt32.init))
    let answer = try await persist { try await self.askOnce(ask) }
    let place = Int(answer.position)
    if place < position {
      log.truncate(to: place)
      (sent, acknowledged) = (place, min(acknowledged, place))
    }
    return (
      Answer(token: Int(answer.token), source: .cloud, confidence: answer.maxProbability), place
    )
  }

  public func close() {
    send(.close)
    link.close()
  }

  // MARK: - One connection

  private func open() async throws {
    (sent, acknowledged) = (0, 0)
    send(.open(opening))
    guard case .opened(let opened) = try await receive() else { throw unexpected("opened") }
    guard opened.encodings.contains(encoding), opened.window > 0 else {
      throw unexpected("that it takes states as \(encoding)")
    }
    window = Int(opened.window)
  }

  /// Sends what has not been sent, as far ahead of the cloud as it allows.
  private func sendRest() async throws {
    while sent < log.positions {
      guard sent - acknowledged < window else {
        guard try note(try await receive()) == nil else {
          throw unexpected("an acknowledgement")
        }
        continue
      }
      let most = min(Message.mostPositions, window - (sent - acknowledged))
      let range = sent..<min(log.positions, sent + most)
      send(log.message(range, compressed: encoding.isCompressed))
      sent = range.upperBound
    }
  }

  private func askOnce(_ ask: Message.Ask) async throws -> Message.CloudAnswer {
    while true {
      try await sendRest()
      send(.ask(ask))
      let losses = repeats
      // Until the answer, or until the cloud lacks what it was asked about.
      while losses == repeats {
        guard let message = try note(try await receive()) else { continue }
        let places = (ask.position - UInt32(ask.drafts.count))...ask.position
        guard case .answer(let answer) = message, places.contains(answer.position) else {
          throw unexpected("the answer for position \(ask.position)")
        }
        guard answer.token < vocabularySize, (0...1).contains(answer.maxProbability) else {
          throw MessageError(
            "the cloud sent token \(answer.token) with probability \(answer.maxProbability);"
              + " expected a token below \(vocabularySize)")
        }
        failures = 0
        return answer
      }
    }
  }

  /// Takes what may come at any time.
  ///
  /// - Returns: the message when it is another.
  private func note(_ message: Message) throws -> Message? {
    switch message {
    case .acknowledged(let positions):
      guard positions <= sent else { throw unexpected("at most \(sent) positions acknowledged") }
      acknowledged = max(acknowledged, Int(positions))
      return nil
    case .lacking(let positions):
      guard positions <= sent else { throw unexpected("fewer than \(sent) positions lacking") }
      repeats += 1
      (sent, acknowledged) = (Int(positions), Int(positions))
      return nil
    default: return message
    }
  }

  private func send(_ message: Message) {
    bytesUp += message.wireBytes
    link.send(message)
  }

  private func receive() async throws -> Message {
    let message = try await Deadline.run(deadline) { [link] in try await link.receive() }
    bytesDown += message.wireBytes
    if case .refusal(let refusal) = message { throw CloudRefusal(refusal: refusal) }
    return message
  }

  private func unexpected(_ wanted: String) -> MessageError {
    MessageError("the cloud sent something else than \(wanted)")
  }

  // MARK: - Many

  /// Does it on as many connections as it takes.
  private func persist<Result>(_ body: () async throws -> Result) async throws -> Result {
    var failure: (any Error)?
    while true {
      do {
        if let last = failure { try await reconnect(after: last) }
        return try await body()
      } catch let error where Self.isTransient(error) {
        guard reconnection != nil else { throw error }
        failure = error
      }
    }
  }

  private func reconnect(after error: any Error) async throws {
    guard let reconnection, failures < reconnection.attempts else { throw GivenUp(last: error) }
    link.close()
    if failures > 0 {
      let delay = reconnection.delay * (1 << min(failures - 1, 20))
      try await Task.sleep(for: min(delay, reconnection.longestDelay))
    }
    failures += 1
    reconnections += 1
    link = try await reconnection.connect()
    try await open()
  }

  private static func isTransient(_ error: any Error) -> Bool {
    switch error {
    case is LinkClosed, is DeadlineExceeded: true
    case let refusal as CloudRefusal: refusal.refusal.code.isTransient
    default: false
    }
  }
}

/// The cloud does not accept what the edge sent.
public struct CloudRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  public let refusal: Message.Refusal
  public var description: String { "the cloud refuses: \(refusal.text)" }
}

/// No cloud was to be had, however often it was tried.
public struct GivenUp: Error, Sendable, CustomStringConvertible {
  public let last: any Error
  public var description: String { "the cloud is gone: \(last)" }
}
