/// For an edge that does not wait: uploads go as far as the cloud takes them, connections are made in the
/// background, and an answer that is late is not wanted.
extension CloudClient {
  /// Takes what has arrived and sends what there is room for.
  func flush() throws {
    if let fatal { throw fatal }
    guard standing == .up, let link else { return recoverWhenDue() }
    do {
      while let message = try link.poll() { try note(try count(message)) }
      _ = sendWithinWindow()
      if !answers.isEmpty, patience?.wasAnswered() == true { onEvent(.collaborative) }
    } catch let error where Self.isTransient(error) {
      lose(error)
    }
  }

  /// Whether there is a cloud to ask, as far as is known.
  func mayAsk() throws -> Bool {
    try flush()
    return standing == .up && patience?.mayAsk(now: .now) == true
  }

  /// Waits for the answer to the oldest question, but not beyond that time.
  ///
  /// - Returns: nil when it is late; nobody wants it then.
  func next(before end: ContinuousClock.Instant) async throws -> Message.CloudAnswer? {
    try flush()
    while answers.isEmpty, standing == .up, let link, questions.contains(where: { !$0.isVoid }) {
      let left = ContinuousClock.now.duration(to: end)
      guard left > .zero else { break }
      do {
        try note(try count(try await link.receive(within: left)))
      } catch is DeadlineExceeded {
        break
      } catch let error where Self.isTransient(error) {
        lose(error)
      }
      try flush()
    }
    if !answers.isEmpty { return answers.removeFirst() }
    if standing == .up, patience?.wasLate(now: .now) == true { depart() }
    abandonOldest()
    return nil
  }

  private func abandonOldest() {
    guard let index = questions.firstIndex(where: { !$0.isVoid }) else { return }
    questions[index].isVoid = true
    questions.removeAll { $0.isVoid && !$0.isSent }
  }

  private func lose(_ error: any Error) {
    standing = .down
    link?.close()
    link = nil
    questions = []
    onEvent(.lost("\(error)"))
    if patience?.leave(now: .now) == true { depart() }
    recoverWhenDue()
  }

  /// Tries a new connection in the background when it is time.
  func recoverWhenDue() {
    guard standing == .down, patience?.mayAsk(now: .now) == true else { return }
    standing = .recovering
    Task { await self.recover() }
  }

  private func depart() {
    departures += 1
    onEvent(.standalone)
  }

  func recover() async {
    guard let reconnection else { return }
    do {
      link = try await reconnection.connect()
      try await open()
      reconnections += hasConnected ? 1 : 0
      hasConnected = true
      standing = .up
      onEvent(.connected)
      _ = sendWithinWindow()
    } catch {
      link?.close()
      link = nil
      standing = .down
      if !Self.isTransient(error) { fatal = error }
      if patience?.leave(now: .now) == true { depart() }
    }
  }
}
