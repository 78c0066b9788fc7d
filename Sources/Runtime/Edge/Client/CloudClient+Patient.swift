/// A client that does not wait: connections are made in the background.
extension CloudClient {
  /// Takes what has arrived and sends what there is room for.
  func flush() throws {
    try availability?.check()
    guard isConnected else { return connectWhenDue() }
    do {
      while let message = try connection.poll() { try take(message) }
      _ = sendWithinWindow()
      if session.hasAnswer, availability?.noteAnswer() == true { onEvent(.collaborative) }
    } catch let error where error.mayPass {
      lose(error)
    }
  }

  func lose(_ error: any Error) {
    connection.close()
    session.disconnect()
    onEvent(.lost("\(error)"))
    if availability?.noteLoss(now: .now) == true { onEvent(.standalone) }
    connectWhenDue()
  }

  func connectWhenDue() {
    guard availability?.beginConnecting(now: .now) == true else { return }
    Task { await self.connectInBackground() }
  }

  func connectInBackground() async {
    do {
      try await open(try await reconnector.connect())
      reconnector.noteConnected()
      availability?.noteConnected()
      onEvent(.connected)
      _ = sendWithinWindow()
    } catch {
      connection.close()
      let isNewlyAlone = availability?.noteFailure(
        error, isFatal: !error.mayPass, now: .now)
      if isNewlyAlone == true { onEvent(.standalone) }
    }
  }
}
