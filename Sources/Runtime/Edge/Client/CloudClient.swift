import CleaveModel

/// The edge's side of one session with a cloud. It keeps the hidden states it uploaded, and resends them to a
/// cloud that has evicted the session, to one that was restarted, or to another of the same model.
///
/// Several requests may be pending; their answers come in the requests' order. A client waits for its cloud, or
/// (`init(patient:)`) goes on without it: uploads then go as far as the cloud takes them, connections are made in
/// the background, and an answer that is late is given up.
package actor CloudClient {
  nonisolated let numerics: Numerics
  package nonisolated let encoding: StatesEncoding
  /// The hidden states that come back from the cloud; nil for none.
  nonisolated let feedback: ExitFeedback?
  /// The longest wait for a reply; nil waits for ever.
  private let deadline: Duration?
  private let onEvent: @Sendable (CloudEvent) -> Void
  private var connection = ClientConnection()
  private var session: EdgeProtocol
  private var reconnector: Reconnector
  /// nil for a client that waits.
  private var availability: CloudAvailability?

  /// Opens a session and waits until the cloud accepts it.
  ///
  /// - Parameters:
  ///   - feedback: the hidden states that are to come back: `EdgeSession.feedback`.
  ///   - exitsMayAnswer: whether an exit of a tier between may answer; else every answer is the whole model's.
  ///   - deadline: the longest wait for a reply; nil waits for ever.
  ///   - reconnection: nil ends the session with its connection.
  /// - Throws: `CloudRefusal` when the cloud has another model or split, or computes otherwise;
  ///   `FeedbackMissing` when it sends nothing back.
  package init(
    _ link: any CloudLink, edge: Manifest, numerics: Numerics = .standard,
    encoding: StatesEncoding = .float32, feedback: ExitFeedback? = nil,
    exitsMayAnswer: Bool = false, deadline: Duration? = nil, reconnection: Reconnection? = nil,
    onEvent: @escaping @Sendable (CloudEvent) -> Void = { _ in }
  ) async throws {
    self.init(
      edge: edge, numerics: numerics, encoding: encoding, feedback: feedback,
      exitsMayAnswer: exitsMayAnswer, deadline: deadline, reconnection: reconnection,
      availability: nil, onEvent: onEvent)
    try await begin(on: link)
  }

  /// Opens a session for an edge that goes on without the cloud when it must. A cloud that is not there now may
  /// come later.
  ///
  /// - Parameters:
  ///   - feedback: the hidden states that are to come back: `EdgeSession.feedback`.
  ///   - exitsMayAnswer: whether an exit of a tier between may answer; else every answer is the whole model's.
  ///   - deadline: the longest wait for a connection to be accepted.
  /// - Throws: `CloudRefusal`, `FeedbackMissing`, and other errors that do not pass with time.
  package init(
    patient reconnection: Reconnection, edge: Manifest, numerics: Numerics = .standard,
    encoding: StatesEncoding = .float32, feedback: ExitFeedback? = nil,
    exitsMayAnswer: Bool = false, deadline: Duration = .seconds(10),
    onEvent: @escaping @Sendable (CloudEvent) -> Void = { _ in }
  ) async throws {
    self.init(
      edge: edge, numerics: numerics, encoding: encoding, feedback: feedback,
      exitsMayAnswer: exitsMayAnswer, deadline: deadline, reconnection: reconnection,
      availability: CloudAvailability(), onEvent: onEvent)
    await connectInBackground()
    try availability?.check()
  }

  private init(
    edge: Manifest, numerics: Numerics, encoding: StatesEncoding, feedback: ExitFeedback?,
    exitsMayAnswer: Bool, deadline: Duration?, reconnection: Reconnection?,
    availability: CloudAvailability?, onEvent: @escaping @Sendable (CloudEvent) -> Void
  ) {
    self.numerics = numerics
    self.encoding = encoding
    self.feedback = feedback
    self.deadline = deadline
    self.onEvent = onEvent
    self.availability = availability
    reconnector = Reconnector(reconnection)
    session = EdgeProtocol(
      edge: edge, numerics: numerics, encoding: encoding,
      feedback: feedback.map(Message.Feedback.init), exitsMayAnswer: exitsMayAnswer)
  }

  // MARK: - Counts

  /// Bytes of the messages sent, hidden states included.
  package var bytesUp: Int { connection.bytesUp }
  /// Bytes of the messages received.
  package var bytesDown: Int { connection.bytesDown }
  /// Cloud requests made.
  package var requests: Int { session.requestCount }
  /// Connections after the first.
  package var reconnections: Int { reconnector.count }
  /// Times that the edge fell back to answering alone.
  package var standaloneSwitches: Int { availability?.standaloneSwitches ?? 0 }
  /// Times that everything was uploaded again because the cloud had evicted the session.
  package var resends: Int { session.resends }

  // MARK: - What an edge session calls

  /// Uploads the positions that follow, waiting only when the cloud is too far behind.
  ///
  /// - Parameter states: `[tokens.count, hidden]` at the first exit.
  func upload(_ states: [Float], of tokens: ArraySlice<Int>) async throws {
    session.upload(states, of: tokens)
    try await sendAll()
  }

  /// Drops the positions from this one on, and what was asked about them: they stood on a wrong draft.
  func rollBack(to positions: Int) {
    guard let message = session.rollBack(to: positions), isConnected else { return }
    connection.send(message)
  }

  /// Takes hidden states that have come back: `[range.count, hidden]`.
  ///
  /// - Parameters:
  ///   - range: positions before the last answer that was taken.
  ///   - kept: the position before which none will be wanted again.
  func returnedRows(_ range: Range<Int>, keepingFrom kept: Int) -> [Float] {
    session.returnedRows(range, keepingFrom: kept)
  }

  /// Gives up all answers.
  func abandonRequests() { session.abandonRequests() }

  /// Asks for the first token that the whole model would not have drafted, or that at `position`, which
  /// follows everything uploaded.
  ///
  /// - Parameter drafts: tokens of the positions before, whose states are uploaded.
  /// - Returns: whether it was asked. A client without a cloud, or that leaves it alone, does not ask.
  func request(position: Int, sampling: Sampling, drafts: [Int] = []) async throws -> Bool {
    if availability != nil {
      try flush()
      guard availability?.mayAsk(now: .now) == true else { return false }
    }
    session.ask(
      Message.Ask(
        position: UInt32(position), sampling: sampling, drafts: drafts.map(UInt32.init)))
    try await sendAll()
    return true
  }

  /// - Returns: the oldest answer, where it has come.
  func arrivedAnswer() async throws -> Message.CloudAnswer? {
    if !session.hasAnswer { try takeArrived() }
    return session.takeAnswer()
  }

  /// Waits for the oldest answer.
  func nextAnswer() async throws -> Message.CloudAnswer {
    try await persist {
      try await self.sendRest()
      while !self.session.hasAnswer {
        try self.take(try await self.receive(within: self.deadline))
        try await self.sendRest()
      }
    }
    guard let answer = session.takeAnswer() else { throw LinkClosed("the answer was given up") }
    return answer
  }

  /// Waits for the oldest answer until a point in time.
  ///
  /// - Returns: nil when it is late, and given up.
  func nextAnswer(before end: ContinuousClock.Instant) async throws -> Message.CloudAnswer? {
    try flush()
    while !session.hasAnswer, isConnected, session.isPending {
      let left = ContinuousClock.now.duration(to: end)
      guard left > .zero else { break }
      do {
        try take(try await receive(within: left))
      } catch is DeadlineExceeded {
        break
      } catch let error where error.mayPass {
        lose(error)
      }
      try flush()
    }
    if let answer = session.takeAnswer() { return answer }
    if availability?.noteLateAnswer(now: .now) == true { onEvent(.standalone) }
    session.abandonOldestRequest()
    return nil
  }

  /// The whole model's token at `position`, which follows everything uploaded.
  package func ask(position: Int, sampling: Sampling) async throws -> Answer {
    guard try await request(position: position, sampling: sampling) else {
      throw LinkClosed("no cloud can be asked now")
    }
    return Answer(cloud: try await nextAnswer())
  }

  package func close() {
    guard connection.isOpen else { return }
    if isConnected { connection.send(.close) }
    connection.close()
  }

  // MARK: - One connection

  private var isConnected: Bool { availability?.isConnected ?? connection.isOpen }

  private func open(_ link: any CloudLink) async throws {
    connection.open(link)
    connection.send(session.begin())
    do {
      try session.open(try await receive(within: deadline))
    } catch let error as CloudRefusal where error.refusal.code == .protocolVersion {
      // A cloud of version 3 takes every other edge.
      guard feedback != nil else { throw error }
      throw FeedbackMissing(found: "\(error)")
    }
  }

  /// Sends what has not been sent, waiting where the client is one that waits.
  private func sendAll() async throws {
    guard availability == nil else { return try flush() }
    try await persist { try await self.sendRest() }
  }

  private func sendRest() async throws {
    while !sendWithinWindow() { try take(try await receive(within: deadline)) }
  }

  /// - Returns: whether everything went out.
  private func sendWithinWindow() -> Bool { connection.send(from: &session) }

  private func receive(within limit: Duration?) async throws -> Message {
    let message = try await connection.receive(within: limit)
    return try connection.count(message)
  }

  private func take(_ message: Message) throws {
    if try session.receive(message) { reconnector.noteAnswer() }
  }

  /// Takes what has arrived, without waiting. A connection that has ended is noticed by the next wait.
  private func takeArrived() throws {
    guard availability == nil else { return try flush() }
    guard connection.isOpen else { return }
    do {
      while let message = try connection.poll() { try take(message) }
    } catch let error where error.mayPass {
      return
    }
    _ = sendWithinWindow()
  }

  // MARK: - A client that waits

  private func begin(on link: any CloudLink) async throws {
    var first: (any CloudLink)? = link
    try await persist {
      guard let link = first else { return }
      first = nil
      try await self.open(link)
    }
  }

  /// Runs `body` on as many connections as it takes.
  private func persist<Result>(_ body: () async throws -> Result) async throws -> Result {
    var failure: (any Error)?
    while true {
      do {
        if let last = failure { try await reconnect(after: last) }
        return try await body()
      } catch let error where error.mayPass {
        guard reconnector.mayReconnect else { throw error }
        failure = error
      }
    }
  }

  private func reconnect(after error: any Error) async throws {
    let pause = try reconnector.beginAttempt(after: error)
    connection.close()
    onEvent(.lost("\(error)"))
    if pause > .zero { try await Task.sleep(for: pause) }
    try await open(try await reconnector.connect())
    onEvent(.connected)
  }

  // MARK: - A client that does not wait

  /// Takes what has arrived and sends what there is room for.
  private func flush() throws {
    try availability?.check()
    guard isConnected else { return connectWhenDue() }
    do {
      while let message = try connection.poll() { try take(message) }
      _ = sendWithinWindow()
      if session.hasAnswer, availability?.noteAnswer() == true { onEvent(.collaborative) }
    } catch let error where error.mayPass {
      lose(error)
    }
  }

  private func lose(_ error: any Error) {
    connection.close()
    session.disconnect()
    onEvent(.lost("\(error)"))
    if availability?.noteLoss(now: .now) == true { onEvent(.standalone) }
    connectWhenDue()
  }

  private func connectWhenDue() {
    guard availability?.beginConnecting(now: .now) == true else { return }
    Task { await self.connectInBackground() }
  }

  private func connectInBackground() async {
    do {
      try await open(try await reconnector.connect())
      reconnector.noteConnected()
      availability?.noteConnected()
      onEvent(.connected)
      _ = sendWithinWindow()
    } catch {
      connection.close()
      let isNewlyAlone = availability?.noteFailure(
        error, isFatal: !error.mayPass, now: .now)
      if isNewlyAlone == true { onEvent(.standalone) }
    }
  }
}

extension Answer {
  init(cloud answer: Message.CloudAnswer) {
    self.init(
      token: Int(answer.token), source: answer.exit.map { .middle(depth: Int($0)) } ?? .cloud,
      confidence: answer.maxProbability)
  }
}
