import CleaveRuntime

/// A cloud that says what it was told to, whatever it is asked.
actor ScriptedLink: CloudLink {
  private var replies: [Message]

  init(_ replies: [Message]) { self.replies = replies }

  nonisolated func send(_ message: Message) {}
  nonisolated func close() {}

  func receive() throws -> Message {
    guard !replies.isEmpty else { throw LinkClosed() }
    return replies.removeFirst()
  }
}
