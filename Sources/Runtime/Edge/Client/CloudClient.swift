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
  let deadline: Duration?
  let onEvent: @Sendable (CloudEvent) -> Void
  var connection = ClientConnection()
  var session: EdgeProtocol
  var reconnector: Reconnector
  /// nil for a client that waits.
  var availability: CloudAvailability?

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
}

extension Answer {
  init(cloud answer: Message.CloudAnswer) {
    self.init(
      token: Int(answer.token), source: answer.exit.map { .middle(depth: Int($0)) } ?? .cloud,
      confidence: answer.maxProbability)
  }
}
