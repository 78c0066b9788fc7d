/// Going ahead of the cloud. Where no exit is sure the cloud is asked; while it thinks the edge may go on from
/// its best guess, and takes back what stood on a guess that was wrong. Lossless, what exits are sure of is a
/// guess too: speculative decoding with the exits as the drafter (Leviathan et al., arXiv 2211.17192), of
/// which the cloud looks through a run of drafts at once and says the first that the whole model would not
/// have said. Exit, cloud and whole model draw with the same random number at a position, so a draft is right
/// when it is the very token that the whole model draws: the text is the whole model's, greedy or sampled.
extension EdgeSession {
  func answer(with cloud: CloudClient) async throws -> Answer {
    while true {
      if let answer = ahead.settled { return answer }
      if !ahead.questions.isEmpty, let answer = try await cloud.arrived() {
        await settle(answer, cloud)
        continue
      }
      if try await goOn(cloud) { continue }
      try await wait(for: cloud)
    }
  }

  /// Thinks about one more place.
  ///
  /// - Returns: whether it may be thought about.
  private func goOn(_ cloud: CloudClient) async throws -> Bool {
    let location = firstAhead + ahead.places.count
    if let last = ahead.places.last {
      guard ahead.questions.isEmpty || ahead.places.count <= options.lookahead,
        let answer = last.answer, location <= contextLength
      else { return false }
      if positions < location { try await append([answer.token]) }
    }
    let (best, isSure) = try askExits()
    guard isSure else {
      try await ask(location, guess: best, cloud)
      return true
    }
    if options.longestDraft == 0 {
      ahead.places.append(Ahead.Place(answer: best, isFinal: true))
    } else if ahead.draftCount < options.longestDraft, location < contextLength {
      ahead.places.append(Ahead.Place(answer: best, isFinal: false))
      ahead.draftCount += 1
    } else {
      try await ask(location, guess: best, cloud)
    }
    return true
  }

  private func ask(_ location: Int, guess: Answer?, _ cloud: CloudClient) async throws {
    let isAsked = try await cloud.begin(
      position: location, sampling: sampling, drafts: ahead.drafts)
    guard isAsked else {
      ahead.places.append(Ahead.Place(answer: standIn(guess), isFinal: true))
      return
    }
    ahead.questions.append(
      Ahead.Question(position: location, drafts: ahead.draftCount, since: .now))
    counts.drafted += ahead.draftCount
    ahead.draftCount = 0
    ahead.places.append(
      Ahead.Place(answer: options.guesses ? guess : nil, isFinal: false))
  }

  private func wait(for cloud: CloudClient) async throws {
    guard let question = ahead.questions.first else {
      preconditionFailure("a place that is not settled waits for something")
    }
    let start = ContinuousClock.now
    counts.waits += 1
    defer { counts.waited += start.duration(to: .now) }
    guard let maxWait = options.maxWait else { return await settle(try await cloud.next(), cloud) }
    if let answer = try await cloud.next(before: question.since + maxWait) {
      return await settle(answer, cloud)
    }
    // What stands on the guess stands.
    ahead.questions.removeFirst()
    let index = question.position - firstAhead
    ahead.places[index] = Ahead.Place(answer: standIn(ahead.places[index].answer), isFinal: true)
  }

  /// - Parameter answer: to the first question.
  private func settle(_ answer: Message.CloudAnswer, _ cloud: CloudClient) async {
    let question = ahead.questions.removeFirst()
    let location = Int(answer.position)
    let right = location - (question.position - question.drafts)
    counts.draftsRight += right
    for draft in (location - right)..<location { ahead.places[draft - firstAhead].isFinal = true }
    let index = location - firstAhead
    let guess = ahead.places[index].answer
    let isAgreed = location == question.position && guess?.token == Int(answer.token)
    if location == question.position, positions > location {
      counts.guessed += 1
      counts.guessesRight += isAgreed ? 1 : 0
    }
    if !isAgreed { await cut(to: location, cloud) }
    let settled = Ahead.Place(answer: Answer(cloud: answer), isFinal: true)
    if isAgreed { ahead.places[index] = settled } else { ahead.places.append(settled) }
  }

  /// Takes back everything from this position on.
  private func cut(to position: Int, _ cloud: CloudClient) async {
    ahead.places.removeSubrange((position - firstAhead)...)
    ahead.questions = []
    ahead.draftCount = 0
    guard positions > position else { return }
    for engine in engines { engine.truncate(to: position) }
    await cloud.rewind(to: position)
  }

  /// The caller goes another way.
  func forgetAhead() async {
    guard let cloud, !ahead.places.isEmpty else { return }
    let isAsked = !ahead.questions.isEmpty
    await cut(to: firstAhead, cloud)
    if isAsked { await cloud.forgetQuestions() }
  }

  private func standIn(_ guess: Answer?) -> Answer {
    guard let guess else { preconditionFailure("an edge that does not wait has a guess") }
    counts.standIns += 1
    return Answer(
      token: guess.token, source: guess.source, confidence: guess.confidence, isStandIn: true)
  }
}
