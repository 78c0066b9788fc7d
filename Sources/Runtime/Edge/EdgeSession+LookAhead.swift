/// The edge's look-ahead. Where no exit is sure the cloud is asked; while the request is pending the edge may go on
/// from its best draft, and rolls back what followed a draft that was wrong. In lossless mode the tokens that exits
/// are sure of are drafts too: speculative decoding with the exits as the drafter (Leviathan et al., arXiv 2211.17192). The cloud
/// verifies a run of drafts at once and answers for the first that the whole model would not have said. Exit,
/// cloud and whole model draw with the same random number at a position, so a draft is right when it is the very
/// token that the whole model draws: the text is the whole model's, greedy or sampled.
extension EdgeSession {
  func answer(with cloud: CloudClient) async throws -> Answer {
    while true {
      if let answer = ahead.settled { return answer }
      if ahead.hasRequest, let answer = try await cloud.arrivedAnswer() {
        try await settle(answer, cloud)
        continue
      }
      if try await goOn(cloud) { continue }
      try await wait(for: cloud)
    }
  }

  /// Decides, drafts or asks for one more token.
  ///
  /// - Returns: false where the edge has to wait for its cloud.
  private func goOn(_ cloud: CloudClient) async throws -> Bool {
    let position = ahead.end
    if !ahead.isEmpty {
      guard !ahead.hasRequest || mayGoAhead, let token = ahead.lastToken,
        position <= contextLength
      else { return false }
      if positions < position { try await append([token]) }
    }
    let (best, isSure) = try askExits()
    guard isSure else {
      // The answer that is waited for changes what exits say here.
      if decidesAgain, ahead.hasRequest { return false }
      try await ask(position, draft: best, cloud)
      return true
    }
    if options.longestDraft == 0 {
      ahead.append(final: best)
    } else if ahead.draftCount < options.longestDraft, position < contextLength {
      ahead.append(draft: best, chance: chance(of: best))
    } else {
      try await ask(position, draft: best, cloud)
    }
    return true
  }

  /// Whether one more token may be decided behind requests. Drafts that are likely wrong are not gone on from: all that
  /// follows them would be rolled back, and the cloud would answer requests that nobody wants any more.
  private var mayGoAhead: Bool {
    ahead.count <= options.lookAhead && ahead.chance >= options.leastChance
  }

  private func ask(_ position: Int, draft: Answer?, _ cloud: CloudClient) async throws {
    let isAsked = try await cloud.request(
      position: position, sampling: sampling, drafts: ahead.drafts)
    guard isAsked else { return ahead.append(final: fallback(draft)) }
    counts.drafted += ahead.draftCount
    let draft = options.drafts ? draft : nil
    ahead.append(requestWithDraft: draft, chance: chance(of: draft))
  }

  private func chance(of draft: Answer?) -> Double {
    draft.map { chances.chance(confidence: $0.confidence) } ?? 0
  }

  private func wait(for cloud: CloudClient) async throws {
    guard let since = ahead.oldestRequest else {
      preconditionFailure("a token that is not settled waits for a request")
    }
    let start = ContinuousClock.now
    counts.waits += 1
    defer { counts.waited += start.duration(to: .now) }
    guard let maxWait = options.maxWait else {
      return try await settle(try await cloud.nextAnswer(), cloud)
    }
    if let answer = try await cloud.nextAnswer(before: since + maxWait) {
      return try await settle(answer, cloud)
    }
    // What stands on the draft stands.
    ahead.settleOldest { fallback($0) }
  }

  /// - Parameter answer: to the oldest request.
  private func settle(_ answer: Message.CloudAnswer, _ cloud: CloudClient) async throws {
    let settlement = ahead.settle(answer)
    counts.draftsAccepted += settlement.acceptedDrafts
    for (draft, isRight) in settlement.drafts {
      chances.note(confidence: draft.confidence, isRight: isRight)
    }
    if settlement.isForRequest, positions > settlement.position {
      counts.lookAheads += 1
      counts.lookAheadsAccepted += settlement.isAccepted ? 1 : 0
    }
    if !settlement.isAccepted { try await rollBack(to: settlement.position, cloud) }
    try await takeEffect(at: settlement.position, cloud)
  }

  /// Drops the positions from this one on, here and in the cloud.
  func rollBack(to position: Int, _ cloud: CloudClient) async throws {
    guard positions > position else { return }
    for engine in engines { engine.truncate(to: position) }
    text?.truncate(to: position)
    try rollBackEffect(to: position)
    await cloud.rollBack(to: position)
  }

  /// The caller does not take what was settled: everything ahead is dropped.
  func dropAhead() async throws {
    guard let cloud, !ahead.isEmpty else { return }
    let hadRequest = ahead.hasRequest
    ahead.removeAll(from: ahead.start)
    try await rollBack(to: ahead.start, cloud)
    if hadRequest { await cloud.abandonRequests() }
  }

  private func fallback(_ draft: Answer?) -> Answer {
    guard let draft else { preconditionFailure("an edge that does not wait has a draft") }
    counts.fallbacks += 1
    return Answer(
      token: draft.token, source: draft.source, confidence: draft.confidence, isFallback: true)
  }
}
