import CleaveRuntime
import Testing

/// Cloud requests that have no answer yet.
@Suite struct CloudRequestQueueTests {
  private func queue(_ positions: Int..., drafts: Int = 0) -> CloudRequestQueue {
    var queue = CloudRequestQueue(vocabularySize: 100)
    for position in positions {
      queue.append(
        Message.Ask(
          position: UInt32(position), sampling: .greedy,
          drafts: Array(repeating: 1, count: drafts)))
    }
    return queue
  }

  private func answer(_ position: Int, token: Int = 7) -> Message.CloudAnswer {
    .init(position: UInt32(position), token: UInt32(token), maxProbability: 0.5, margin: 0.1)
  }

  @Test func aRequestGoesOutAfterItsPositions() throws {
    var queue = queue(5, 6)
    #expect(queue.unsentPosition == 5)
    var sent = [queue.next(afterSending: 4), queue.next(afterSending: 5)].map { $0?.position }
    #expect(sent == [nil, 5] && queue.unsentPosition == 6)
    sent = [queue.next(afterSending: 5), queue.next(afterSending: 6)].map { $0?.position }
    #expect(sent == [nil, 6] && queue.unsentPosition == nil)
    try queue.take(answer(5))
    try queue.take(answer(6))
    let answers = [queue.takeAnswer(), queue.takeAnswer(), queue.takeAnswer()]
    #expect(answers.map { $0?.position } == [5, 6, nil] && queue.count == 2)
  }

  @Test func anAnswerThatIsGivenUpIsPassedOver() throws {
    var queue = queue(5, 6, 7)
    _ = queue.next(afterSending: 5)
    _ = queue.next(afterSending: 6)
    queue.abandon(from: 6)
    #expect(queue.isPending && queue.unsentPosition == nil)
    try queue.take(answer(5))
    #expect(!queue.isPending)
    try queue.take(answer(6))
    let answers = [queue.takeAnswer(), queue.takeAnswer()]
    #expect(answers.map { $0?.position } == [5, nil])
  }

  @Test func afterALossWhatIsWantedIsAskedAgain() throws {
    var queue = queue(5, 6)
    _ = queue.next(afterSending: 5)
    _ = queue.next(afterSending: 6)
    queue.abandonOldest()
    queue.resend()
    #expect(queue.unsentPosition == 6)
    // Nothing was sent on the new connection.
    #expect(throws: MessageError.self) { try queue.take(answer(6)) }
    _ = queue.next(afterSending: 6)
    try queue.take(answer(6))
    #expect(queue.hasAnswer)
  }

  @Test func answersAreChecked() throws {
    var queue = queue(5, drafts: 2)
    #expect(throws: MessageError.self) { try queue.take(answer(5)) }
    _ = queue.next(afterSending: 5)
    for bad in [answer(2), answer(6), answer(5, token: 100)] {
      #expect(throws: MessageError.self) { try queue.take(bad) }
    }
    try queue.take(answer(3))
    #expect(queue.hasAnswer && !queue.isPending)
  }
}
