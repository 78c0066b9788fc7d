import DequeModule

/// The cloud requests of one session that have no answer yet, in their order, and the answers that nobody has
/// taken yet.
package struct CloudRequestQueue {
  private struct Request {
    let ask: Message.Ask
    /// Whether it went out on the present connection.
    var isSent = false
    /// Whether states went out with it, which its answer acknowledges.
    var hasStates = false
    /// Whether the answer is no longer wanted. A request that was sent is answered all the same.
    var isVoid = false
    /// The positions before it whose tokens have not changed since.
    var valid: Int

    var position: Int { Int(ask.position) }
  }

  private let vocabularySize: Int
  private var requests: Deque<Request> = []
  private var answers: Deque<Message.CloudAnswer> = []
  /// Requests made in the whole session.
  package private(set) var count = 0

  package init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

  package var hasAnswer: Bool { !answers.isEmpty }
  /// Whether an answer is still wanted that has not come.
  package var isPending: Bool { requests.contains { !$0.isVoid } }
  /// The position of the oldest request that was not sent on this connection.
  package var unsentPosition: Int? { requests.first { !$0.isSent }?.position }

  package mutating func append(_ ask: Message.Ask) {
    count += 1
    requests.append(Request(ask: ask, valid: Int(ask.position)))
  }

  /// The oldest request that was sent: its position, and how many positions before it are still what they were;
  /// nil where nothing was asked.
  package var oldest: (position: Int, valid: Int)? {
    requests.first.flatMap { $0.isSent ? ($0.position, $0.valid) : nil }
  }

  /// Whether states went out with the oldest request.
  package var oldestHasStates: Bool { requests.first?.hasStates ?? false }

  /// The text changes from this position on.
  package mutating func rollBack(to position: Int) {
    for index in requests.indices {
      requests[index].valid = min(requests[index].valid, position)
    }
    abandon(from: position)
  }

  /// Takes the oldest request that was not sent, where all positions before it have been.
  ///
  /// - Parameter states: the states of the last of them, which go out with the request.
  package mutating func next(
    afterSending positions: Int, with states: Message.States? = nil
  ) -> Message.Ask? {
    guard let index = requests.firstIndex(where: { !$0.isSent }),
      requests[index].position == positions
    else { return nil }
    requests[index].isSent = true
    requests[index].hasStates = states != nil
    var ask = requests[index].ask
    ask.states = states
    return ask
  }

  /// Asks again what was not answered: what was sent is lost. Requests whose answers nobody wants are dropped.
  package mutating func resend() {
    requests.removeAll(where: \.isVoid)
    for index in requests.indices { requests[index].isSent = false }
  }

  /// Drops every request: the edge has answered by itself.
  package mutating func removeAllRequests() { requests.removeAll() }

  /// Gives up the answers at this position and after it, those that have come included.
  package mutating func abandon(from position: Int = 0) {
    for index in requests.indices where requests[index].position >= position {
      requests[index].isVoid = true
    }
    requests.removeAll { $0.isVoid && !$0.isSent }
    answers.removeAll { Int($0.position) >= position }
  }

  /// Gives up the oldest answer that is wanted.
  package mutating func abandonOldest() {
    guard let index = requests.firstIndex(where: { !$0.isVoid }) else { return }
    requests[index].isVoid = true
    requests.removeAll { $0.isVoid && !$0.isSent }
  }

  /// Takes an answer for the oldest request. What a cloud says is checked before it is believed.
  ///
  /// - Returns: whether somebody wants it.
  /// - Throws: `MessageError` for an answer to nothing, for another position, with a token outside the
  ///   vocabulary or a probability outside 0 ... 1.
  @discardableResult
  package mutating func take(_ answer: Message.CloudAnswer) throws(MessageError) -> Bool {
    guard let request = requests.first, request.isSent else {
      throw MessageError("the cloud sent an answer; nothing was asked")
    }
    let positions = (request.position - request.ask.drafts.count)...request.position
    guard positions.contains(Int(answer.position)) else {
      throw MessageError(
        "the cloud sent an answer for position \(answer.position); the oldest request is for"
          + " position \(request.position) with \(request.ask.drafts.count) drafts")
    }
    guard answer.token < vocabularySize, (0...1).contains(answer.maxProbability) else {
      throw MessageError(
        "the cloud sent token \(answer.token) with probability \(answer.maxProbability);"
          + " expected a token below \(vocabularySize) and a probability of 0 to 1")
    }
    requests.removeFirst()
    if !request.isVoid { answers.append(answer) }
    return !request.isVoid
  }

  /// - Returns: the oldest answer, where one has come.
  package mutating func takeAnswer() -> Message.CloudAnswer? { answers.popFirst() }
}
