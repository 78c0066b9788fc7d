/// What answers of the cloud change.
extension SimulatedClient {
  /// Takes the answer to the oldest request: drafts up to the first that is wrong are settled.
  mutating func takeAnswer(at time: Double) {
    let request = requests.removeFirst()
    unsureAt = nil
    let first = request.position - request.drafts - fed
    var index = first
    while index < first + request.drafts, ahead[index].isRight {
      note(ahead[index])
      ahead[index].isFinal = true
      index += 1
    }
    let isForRequest = index == first + request.drafts
    let draft = ahead[index]
    if draft.isKnown { note(draft) }
    let stands = isForRequest && draft.isKnown && draft.isRight
    let position = fed + index
    let token = SimulatedToken(source: .cloud, isRight: true, isFinal: true)
    if stands {
      ahead[index] = token
    } else {
      ahead.removeLast(ahead.count - index)
      ahead.append(token)
      requests.removeAll()
      inbox.removeAll()
      draftCount = 0
      rollBack(to: position, at: time)
    }
    takeEffect(at: position)
  }

  private mutating func note(_ draft: SimulatedToken) {
    chances.note(confidence: draft.confidence, isRight: draft.isRight)
  }

  private mutating func rollBack(to position: Int, at time: Double) {
    guard positions > position else { return }
    positions = position
    done = done.map { min($0, position) }
    effectRows = min(effectRows, position)
    guard sent > position else { return }
    sent = position
    send(.rewind(position), bytes: scenario.sizes.rewind, at: time)
  }

  /// The states that came back take effect: the tail that reads them runs again from where they begin.
  private mutating func takeEffect(at position: Int) {
    guard let tail = scenario.feedbackExit else { return }
    for exit in tail..<done.count { done[exit] = min(done[exit], effectRows) }
    effectRows = position
  }

  /// An answer has come.
  mutating func receive(_ number: Int) {
    // Answers to requests that a wrong draft has voided are passed over.
    if scenario.choice.mode == .cloudOnly || requests.contains(where: { $0.number == number }) {
      inbox.append(number)
    }
  }
}
