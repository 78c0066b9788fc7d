/// What an edge session calls.
extension CloudClient {
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

  package func close() { _ = leave() }

  /// Closes the session, and waits until the cloud has ended its side of it: a process that exits before looks to the cloud
  /// like one that was lost.
  package func end() async { await leave()?.closed() }

  private func leave() -> (any CloudLink)? {
    guard connection.isOpen else { return nil }
    if isConnected { connection.send(.close) }
    return connection.close()
  }
}
