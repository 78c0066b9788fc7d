/// What answers of the cloud change.
extension SimulatedClient {
  /// Takes the answer to the oldest request: drafts up to the first that is wrong are settled.
  mutating func takeAnswer(_ answer: SimulatedAnswer, at time: Double) {
    let request = requests.removeFirst()
    unsureAt = nil
    let first = request.position - request.drafts - fed
    var index = first
    while index < first + request.drafts, ahead[index].isRight {
      note(ahead[index], isRight: true)
      ahead[index].isFinal = true
      index += 1
    }
    let isForRequest = index == first + request.drafts
    let draft = ahead[index]
    let position = fed + index
    let token = self.token(of: answer, at: position)
    let isSame = draft.isKnown && said(draft, position) == said(token, position)
    let stands = isForRequest && isSame
    if draft.isKnown { note(draft, isRight: isSame) }
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

  private func token(of answer: SimulatedAnswer, at position: Int) -> SimulatedToken {
    guard let exit = answer.exit, let index = token(at: position) else {
      return SimulatedToken(source: .cloud, isRight: true, isFinal: true)
    }
    return SimulatedToken(
      source: .exit(exit), isRight: text.isRight(exit: exit, token: index), isFinal: true)
  }

  /// What a token at a position is; nil behind the text's last.
  private func said(_ token: SimulatedToken, _ position: Int) -> Int? {
    guard let index = self.token(at: position) else { return nil }
    switch token.source {
    case .cloud: return text.truth[index]
    case .exit(let exit): return text.said[exit][index]
    }
  }

  private mutating func note(_ draft: SimulatedToken, isRight: Bool) {
    chances.note(confidence: draft.confidence, isRight: isRight)
  }

  private mutating func rollBack(to position: Int, at time: Double) {
    guard positions > position else { return }
    progress.rollBack(to: position)
    effectRows = min(effectRows, position)
    guard sent > position else { return }
    sent = position
    send(.rewind(position), bytes: scenario.sizes.rewind, at: time)
  }

  /// The states that came back take effect: the tail that reads them runs again from where they begin.
  private mutating func takeEffect(at position: Int) {
    guard let tail = scenario.feedbackExit else { return }
    progress.runAgain(from: tail, position: effectRows)
    effectRows = position
  }

  /// An answer has come.
  mutating func receive(_ answer: SimulatedAnswer) {
    // Answers to requests that a wrong draft has voided are passed over.
    if scenario.choice.mode == .cloudOnly
      || requests.contains(where: { $0.number == answer.number })
    {
      inbox.append(answer)
    }
  }
}
