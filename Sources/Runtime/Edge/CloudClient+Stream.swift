/// One connection.
extension CloudClient {
  func open() async throws {
    forgetSent()
    send(.open(opening))
    let message = try await receive()
    guard case .opened(let opened) = message else { throw unexpected("opened") }
    guard opened.encodings.contains(encoding), opened.window > 0 else {
      throw unexpected("that it takes states as \(encoding)")
    }
    window = Int(opened.window)
  }

  /// What was sent is lost: questions are asked again, but for those whose answers nobody wants.
  private func forgetSent() {
    sent = 0
    underway = []
    questions.removeAll(where: \.isVoid)
    for index in questions.indices { questions[index].isSent = false }
  }

  /// Sends what has not been sent, as far ahead of the cloud as it allows.
  func sendRest() async throws {
    while !sendWithinWindow() { try note(try await receive()) }
  }

  /// States and questions in their order. A question is sent when its positions have been.
  ///
  /// - Returns: whether everything went out.
  func sendWithinWindow() -> Bool {
    while true {
      let next = questions.firstIndex { !$0.isSent }
      if let next, questions[next].position == sent {
        questions[next].isSent = true
        send(.ask(questions[next].ask))
        continue
      }
      let end = next.map { min(questions[$0].position, log.positions) } ?? log.positions
      guard sent < end else { return true }
      let room = window - underway.reduce(0) { $0 + $1.count }
      guard room > 0 else { return false }
      let range = sent..<min(end, sent + min(Message.mostPositions, room))
      send(log.message(range, compressed: encoding.isCompressed))
      underway.append(range)
      sent = range.upperBound
    }
  }

  func send(_ message: Message) {
    bytesUp += message.wireBytes
    link?.send(message)
  }

  func receive() async throws -> Message {
    guard let link else { throw LinkClosed() }
    return try count(try await link.receive(within: deadline))
  }

  func count(_ message: Message) throws -> Message {
    bytesDown += message.wireBytes
    if case .refusal(let refusal) = message { throw CloudRefusal(refusal: refusal) }
    return message
  }

  func note(_ message: Message) throws {
    switch message {
    case .acknowledged(let positions):
      guard underway.first?.upperBound == Int(positions) else {
        throw unexpected("the acknowledgement of what it was sent")
      }
      underway.removeFirst()
    case .lacking(let positions):
      guard positions == 0 else { throw unexpected("that it lacks everything") }
      repeats += 1
      forgetSent()
    case .answer(let answer): try note(answer)
    default: throw unexpected("an answer")
    }
  }

  /// What a cloud says is not believed before it is looked at.
  private func note(_ answer: Message.CloudAnswer) throws {
    guard let question = questions.first, question.isSent else {
      throw unexpected("nothing: it was asked nothing")
    }
    let places = (question.position - question.ask.drafts.count)...question.position
    guard places.contains(Int(answer.position)) else {
      throw unexpected("the answer for position \(question.position)")
    }
    guard answer.token < vocabularySize, (0...1).contains(answer.maxProbability) else {
      throw MessageError(
        "the cloud sent token \(answer.token) with probability \(answer.maxProbability);"
          + " expected a token below \(vocabularySize)")
    }
    questions.removeFirst()
    failures = 0
    if !question.isVoid { answers.append(answer) }
  }

  func unexpected(_ wanted: String) -> MessageError {
    MessageError("the cloud sent something else than \(wanted)")
  }
}
