import CleaveStorage
import CleaveModel

/// The edge's side of one session with the cloud. It keeps what it uploaded, and gives it again to a cloud
/// that has lost it, to one that was started again, or to another of the same model.
///
/// Several asks may be under way; their answers come in their order. The aspects: `+Stream` speaks on one
/// connection, `+Recovery` goes from one to the next, `+Patience` is for an edge that does not wait.
package actor CloudClient {
  /// How a session goes on when its connection ends.
  package struct Reconnection: Sendable {
    /// A new connection, to the same cloud or to another.
    package var connect: @Sendable () async throws -> any CloudLink
    /// Failures in a row, without an answer between, before the session gives up.
    package var attempts = 8
    /// Before the second attempt; doubles with each.
    package var delay = Duration.milliseconds(100)
    package var longestDelay = Duration.seconds(5)

    package init(connect: @escaping @Sendable () async throws -> any CloudLink) {
      self.connect = connect
    }
  }

  /// What was asked and not answered.
  struct Question {
    let ask: Message.Ask
    /// On this connection.
    var isSent = false
    /// Nobody wants the answer any more, which comes all the same.
    var isVoid = false

    var position: Int { Int(ask.position) }
  }

  enum Standing {
    case up
    case down
    /// A task of its own makes a new connection.
    case recovering
  }

  var link: (any CloudLink)?
  let reconnection: Reconnection?
  /// The longest wait for a reply.
  let deadline: Duration?
  nonisolated let numerics: Numerics
  let opening: Message.Open
  package nonisolated let encoding: StatesEncoding
  let vocabularySize: Int
  var log: UploadLog
  var questions: [Question] = []
  /// Answers that nobody has taken yet.
  var answers: [Message.CloudAnswer] = []
  /// Positions that went out on this connection.
  var sent = 0
  /// Positions of each message of states that is not acknowledged.
  var underway: [Range<Int>] = []
  var window = 0
  var failures = 0
  /// Of an edge that does not wait; nil for one that does.
  var patience: CloudPatience?
  var standing = Standing.up
  /// What a connection made in the background was refused with.
  var fatal: (any Error)?
  let onEvent: @Sendable (CloudEvent) -> Void
  /// Bytes of messages sent, states and all.
  package internal(set) var bytesUp = 0
  /// Bytes of messages received.
  package internal(set) var bytesDown = 0
  /// Answers asked for.
  package internal(set) var requests = 0
  /// Connections after the first.
  package internal(set) var reconnections = 0
  /// Times that the edge left the cloud alone.
  package internal(set) var departures = 0
  var hasConnected = false
  /// Times that the cloud had lost states.
  package internal(set) var repeats = 0

  /// Opens a session and waits until the cloud accepts it.
  ///
  /// - Parameters:
  ///   - deadline: the longest wait for a reply; nil waits for ever.
  ///   - reconnection: nil ends the session with its connection.
  /// - Throws: `CloudRefusal` when the cloud has another model or split, or computes otherwise.
  package init(
    _ link: any CloudLink, edge: Manifest, numerics: Numerics = .standard,
    encoding: StatesEncoding = .float32, deadline: Duration? = nil,
    reconnection: Reconnection? = nil, onEvent: @escaping @Sendable (CloudEvent) -> Void = { _ in }
  ) async throws {
    self.init(
      edge: edge, numerics: numerics, encoding: encoding, deadline: deadline,
      reconnection: reconnection, patience: nil, onEvent: onEvent)
    try await begin(on: link)
  }

  /// A session for an edge that goes on without the cloud when it must: once it runs nothing waits for a
  /// connection, and uploads wait for nothing. A cloud that is not there now may come later.
  ///
  /// - Parameter deadline: the longest wait for a connection to be accepted.
  /// - Throws: `CloudRefusal`, and what else does not pass with time.
  package init(
    patient reconnection: Reconnection, edge: Manifest, numerics: Numerics = .standard,
    encoding: StatesEncoding = .float32, deadline: Duration = .seconds(10),
    onEvent: @escaping @Sendable (CloudEvent) -> Void = { _ in }
  ) async throws {
    self.init(
      edge: edge, numerics: numerics, encoding: encoding, deadline: deadline,
      reconnection: reconnection, patience: CloudPatience(), onEvent: onEvent)
    standing = .recovering
    await recover()
    if let fatal { throw fatal }
  }

  private init(
    edge: Manifest, numerics: Numerics, encoding: StatesEncoding, deadline: Duration?,
    reconnection: Reconnection?, patience: CloudPatience?,
    onEvent: @escaping @Sendable (CloudEvent) -> Void
  ) {
    self.numerics = numerics
    self.encoding = encoding
    self.deadline = deadline
    self.reconnection = reconnection
    self.patience = patience
    self.onEvent = onEvent
    let hiddenSize = edge.configuration.hiddenSize
    vocabularySize = edge.configuration.vocabularySize
    opening = Message.Open(
      modelID: edge.modelID.hexadecimalBytes, firstExit: UInt32(edge.exits[0].depth),
      hiddenSize: UInt32(hiddenSize), numerics: numerics, encodings: [encoding])
    log = UploadLog(StatesCodec(encoding.format, hiddenSize: hiddenSize))
  }

  /// Hands states over, waiting only when the cloud is too far behind.
  ///
  /// - Parameter states: `[count, hidden]` at the first exit, of the positions that follow.
  func upload(_ states: [Float]) async throws {
    log.append(states)
    guard patience == nil else { return try flush() }
    try await persist { try await self.sendRest() }
  }

  /// Forgets positions from this one on, and what was asked of them: they were a guess that was wrong.
  func rewind(to positions: Int) {
    guard positions < log.positions else { return }
    log.truncate(to: positions)
    forgetQuestions(from: positions)
    guard sent > positions else { return }
    if standing == .up { send(.rewind(positions: UInt32(positions))) }
    sent = positions
  }

  /// Nobody wants the answers any more.
  func forgetQuestions(from positions: Int = 0) {
    for index in questions.indices where questions[index].position >= positions {
      questions[index].isVoid = true
    }
    questions.removeAll { $0.isVoid && !$0.isSent }
    answers.removeAll { Int($0.position) >= positions }
  }

  /// Asks for the first token that the whole model would not have drafted, or that at `position`, which
  /// follows everything uploaded.
  ///
  /// - Parameter drafts: tokens of the positions before, whose states are uploaded.
  /// - Returns: whether it was asked. A client without a cloud, or that waits with asking, does not.
  func begin(position: Int, sampling: Sampling, drafts: [Int] = []) async throws -> Bool {
    let ask = Message.Ask(
      position: UInt32(position), sampling: sampling, drafts: drafts.map(UInt32.init))
    if patience != nil { guard try mayAsk() else { return false } }
    requests += 1
    questions.append(Question(ask: ask))
    if patience != nil {
      try flush()
    } else {
      try await persist { try await self.sendRest() }
    }
    return true
  }

  /// The answer to the oldest question, when it is here.
  func arrived() async throws -> Message.CloudAnswer? {
    if answers.isEmpty { try await takeArrived() }
    return answers.isEmpty ? nil : answers.removeFirst()
  }

  /// Waits for the answer to the oldest question.
  func next() async throws -> Message.CloudAnswer {
    try await persist {
      try await self.sendRest()
      while self.answers.isEmpty {
        try self.note(try await self.receive())
        try await self.sendRest()
      }
    }
    return answers.removeFirst()
  }

  /// The whole model's token at `position`, which follows everything uploaded.
  package func ask(position: Int, sampling: Sampling) async throws -> Answer {
    guard try await begin(position: position, sampling: sampling) else {
      throw LinkClosed("nobody is asked")
    }
    return Answer(cloud: try await next())
  }

  package func close() {
    guard let link else { return }
    if standing == .up { send(.close) }
    link.close()
  }
}

extension Answer {
  init(cloud answer: Message.CloudAnswer) {
    self.init(token: Int(answer.token), source: .cloud, confidence: answer.maxProbability)
  }
}

/// The cloud does not accept what the edge sent.
package struct CloudRefusal: ExitStatusError, Equatable, Sendable {
  package let refusal: Message.Refusal
  package var description: String { "the cloud refuses: \(refusal.text)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}

/// No cloud was to be had, however often it was tried.
package struct GivenUp: ExitStatusError, Sendable {
  package let last: any Error
  package var description: String { "the cloud is gone: \(last)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}
