/// The present connection: opening it, and what goes over it.
extension CloudClient {
  var isConnected: Bool { availability?.isConnected ?? connection.isOpen }

  func open(_ link: any CloudLink) async throws {
    connection.open(link)
    connection.send(session.begin())
    do {
      try session.open(try await receive(within: deadline))
    } catch let error as CloudRefusal where error.refusal.code == .protocolVersion {
      // A cloud of version 3 takes every other edge.
      guard feedback != nil else { throw error }
      throw FeedbackMissing(found: "\(error)")
    }
  }

  /// Sends what has not been sent, waiting where the client is one that waits.
  func sendAll() async throws {
    guard availability == nil else { return try flush() }
    try await persist { try await self.sendRest() }
  }

  func sendRest() async throws {
    while !sendWithinWindow() { try take(try await receive(within: deadline)) }
  }

  /// - Returns: whether everything went out.
  func sendWithinWindow() -> Bool { connection.send(from: &session) }

  func receive(within limit: Duration?) async throws -> Message {
    let message = try await connection.receive(within: limit)
    return try connection.count(message)
  }

  func take(_ message: Message) throws {
    do {
      if try session.receive(message) { reconnector.noteAnswer() }
    } catch {
      guard error.code == .unavailable else { throw error }
      // As where the cloud had hung up: whoever waits next notices.
      connection.close()
      throw LinkClosed(error.description)
    }
  }

  /// Takes what has arrived, without waiting. A connection that has ended is noticed by the next wait.
  func takeArrived() throws {
    guard availability == nil else { return try flush() }
    guard connection.isOpen else { return }
    do {
      while let message = try connection.poll() { try take(message) }
    } catch let error where error.mayPass {
      return
    }
    _ = sendWithinWindow()
  }
}
