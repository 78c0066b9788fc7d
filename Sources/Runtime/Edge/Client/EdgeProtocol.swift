import CleaveModel

/// The edge's half of specs/protocol.md for one session, without a connection or a clock: what to send next, and
/// what a message from the cloud changes.
struct EdgeProtocol {
  enum Next {
    case message(Message)
    /// Everything has been sent.
    case nothing
    /// The cloud has to acknowledge states before more may follow.
    case windowIsFull
  }

  let opening: Message.Open
  private let encoding: StatesEncoding
  private var uploads: UploadWindow
  private var requests: CloudRequestQueue
  /// Whether the cloud takes states in asks.
  private var sendsStatesInAsks = false
  /// The hidden states that came back; nil for an edge that wants none.
  private var returned: ReturnedRows?
  /// The depths at which another tier may have exits.
  private let exitsBehind: Range<Int>
  /// Times that the cloud had evicted the session, so that everything was uploaded again.
  private(set) var resends = 0
  /// Evictions on this connection while an answer was waited for, since the last that came or since the cloud had more
  /// positions than ever.
  private var evictionsInARow = 0
  /// More of them are a cloud that keeps an edge uploading and never answers.
  private static let mostEvictionsInARow = 64
  /// The most positions that the cloud has had since the last answer.
  private var mostAcknowledged = 0

  /// - Parameters:
  ///   - feedback: what is to come back.
  ///   - exitsMayAnswer: whether an exit of a tier between may answer.
  init(
    edge: Manifest, numerics: Numerics, encoding: StatesEncoding, feedback: Message.Feedback?,
    exitsMayAnswer: Bool = false
  ) {
    let hiddenSize = edge.configuration.hiddenSize
    self.encoding = encoding
    opening = Message.Open(
      modelID: edge.modelID.hexadecimalBytes, firstExit: UInt32(edge.exits[0].depth),
      hiddenSize: UInt32(hiddenSize), numerics: numerics, encodings: [encoding],
      feedback: feedback, statesInAsks: true, exitsMayAnswer: exitsMayAnswer)
    returned = feedback.map { ReturnedRows($0, hiddenSize: hiddenSize) }
    uploads = UploadWindow(encoding, hiddenSize: hiddenSize)
    requests = CloudRequestQueue(vocabularySize: edge.configuration.vocabularySize)
    exitsBehind = edge.exits[edge.exits.count - 1].depth + 1..<edge.configuration.blockCount
  }

  var requestCount: Int { requests.count }
  var hasAnswer: Bool { requests.hasAnswer }
  var isPending: Bool { requests.isPending }

  // MARK: - Connections

  /// Begins on a new connection, on which nothing was sent.
  ///
  /// - Returns: the message to send first.
  mutating func begin() -> Message {
    noteProgress()
    resend()
    return .open(opening)
  }

  /// Takes the reply to the first message.
  ///
  /// - Throws: `MessageError` for another message, or an encoding or window that cannot be used;
  ///   `FeedbackMissing` for a cloud that sends nothing back.
  mutating func open(_ reply: Message) throws {
    guard case .opened(let opened) = reply else {
      throw MessageError("the cloud sent \(reply.name); expected `opened`")
    }
    if opening.feedback != nil, opened.feedback == nil {
      throw FeedbackMissing(found: "this cloud sends none")
    }
    guard opened.feedback == opening.feedback else {
      throw MessageError("the cloud sends states back that were not asked for")
    }
    guard opened.encodings.contains(encoding), opened.window > 0 else {
      throw MessageError(
        "the cloud takes states as \(opened.encodings) with a window of \(opened.window);"
          + " expected \(encoding) and at least 1")
    }
    sendsStatesInAsks = opened.statesInAsks
    uploads.resize(to: Int(opened.window))
  }

  private mutating func resend() {
    uploads.resend()
    requests.resend()
  }

  /// The edge goes on without its cloud: it has answered, or will answer, whatever was asked.
  mutating func disconnect() { requests.removeAllRequests() }

  // MARK: - Sending

  /// Adds positions that follow to what is to be uploaded: their states, or their tokens to a cloud that takes those.
  ///
  /// - Parameter states: `[tokens.count, hidden]` at the first exit.
  mutating func upload(_ states: [Float], of tokens: some Collection<Int>) {
    if encoding == .tokens { uploads.append(tokens: tokens) } else { uploads.append(states) }
  }

  mutating func ask(_ ask: Message.Ask) { requests.append(ask) }

  /// Takes the next message to send: states and requests in their order, a request when its positions have
  /// been sent, or with the last of them. A few states wait for a request: one message costs both sides less than two.
  mutating func next() -> Next {
    if let ask = requests.next(afterSending: uploads.sent) { return .message(.ask(ask)) }
    if sendsStatesInAsks {
      if let ask = askWithStates() { return .message(.ask(ask)) }
      if requests.unsentPosition == nil, uploads.unsent <= uploads.mostHeld { return .nothing }
    }
    switch uploads.next(before: requests.unsentPosition) {
    case .states(let states): return .message(.states(states))
    case .nothing: return .nothing
    case .windowIsFull: return .windowIsFull
    }
  }

  /// Takes the oldest unsent request with the states before it that were not sent.
  private mutating func askWithStates() -> Message.Ask? {
    guard let position = requests.unsentPosition,
      let states = uploads.takeStates(forAskAt: position)
    else { return nil }
    return requests.next(afterSending: position, with: states)
  }

  /// Drops the positions from this one on, and what was asked about them.
  ///
  /// - Returns: the message that tells the cloud, where it knows of them.
  mutating func rollBack(to positions: Int) -> Message? {
    guard positions < uploads.positions else { return nil }
    requests.rollBack(to: positions)
    mostAcknowledged = min(mostAcknowledged, positions)
    returned?.rollBack(to: positions)
    return uploads.rollBack(to: positions) ? .rewind(positions: UInt32(positions)) : nil
  }

  mutating func abandonRequests() { requests.abandon() }
  mutating func abandonOldestRequest() { requests.abandonOldest() }

  // MARK: - Receiving

  /// Takes a message of the cloud on an open connection.
  ///
  /// - Returns: whether it was an answer.
  /// - Throws: `MessageError` for a message that does not fit what was sent, and with the code `unavailable` for a cloud
  ///   that evicts the session again and again.
  mutating func receive(_ message: Message) throws(MessageError) -> Bool {
    switch message {
    case .acknowledged(let positions):
      guard uploads.acknowledge(Int(positions)) else {
        throw MessageError(
          "the cloud acknowledged \(positions) positions; expected those of the oldest upload")
      }
      if Int(positions) > mostAcknowledged { noteProgress(Int(positions)) }
    case .lacking(let positions):
      guard positions == 0 else {
        throw MessageError("the cloud has only \(positions) positions; expected all or 0")
      }
      try uploadAgain()
    case .returned(let states): try take(states)
    case .answer(let answer):
      noteProgress()
      try take(answer)
      return true
    default: throw MessageError("the cloud sent \(message.name); expected an answer")
    }
    return false
  }

  private mutating func noteProgress(_ positions: Int = 0) {
    (evictionsInARow, mostAcknowledged) = (0, positions)
  }

  private mutating func uploadAgain() throws(MessageError) {
    evictionsInARow += requests.isPending ? 1 : 0
    guard evictionsInARow <= Self.mostEvictionsInARow else {
      throw MessageError(
        "the cloud has evicted the session \(evictionsInARow) times without an answer; expected one"
          + " of enough memory", code: .unavailable)
    }
    resends += 1
    resend()
  }

  /// Takes an answer and the states that come back with it. States of an answer that nobody wants any more are
  /// taken too, as far as the text is still the same: the cloud does not send them again.
  private mutating func take(_ answer: Message.CloudAnswer) throws(MessageError) {
    var answer = answer
    if let states = answer.returned { try take(states) }
    answer.returned = nil
    if let exit = answer.exit {
      guard opening.exitsMayAnswer, exitsBehind.contains(Int(exit)) else {
        throw MessageError(
          "the cloud sent an answer of an exit at depth \(exit); expected the whole model's"
            + (opening.exitsMayAnswer ? ", or an exit's from \(exitsBehind)" : ""))
      }
    }
    let acknowledges = requests.oldestHasStates
    let asked = requests.oldest?.position ?? 0
    let isWanted = try requests.take(answer)
    guard !acknowledges || uploads.acknowledge(asked, isInAsk: true) else {
      throw MessageError(
        "the cloud answered for position \(asked); states sent before were not acknowledged")
    }
    guard let returned, isWanted, returned.positions < answer.position else { return }
    throw MessageError(
      "the cloud sent back the states of \(returned.positions) positions; expected all before its"
        + " answer's, \(answer.position)")
  }

  private mutating func take(_ states: Message.Returned) throws(MessageError) {
    guard returned != nil else {
      throw MessageError("the cloud sends states back that were not asked for")
    }
    guard let oldest = requests.oldest else {
      throw MessageError("the cloud sent states back; nothing was asked")
    }
    try returned?.take(states, asked: oldest.position, valid: oldest.valid)
  }

  mutating func takeAnswer() -> Message.CloudAnswer? { requests.takeAnswer() }

  /// Takes returned states: `[range.count, hidden]`. Those before `kept` will not be wanted again.
  mutating func returnedRows(_ range: Range<Int>, keepingFrom kept: Int) -> [Float] {
    returned?.rows(range, keepingFrom: kept) ?? []
  }
}
