/// The edge's connection to a cloud: the present link, and the bytes of all messages over this and earlier links.
struct ClientConnection: Sendable {
  private var link: (any CloudLink)?
  /// Bytes of the messages sent, hidden states included.
  private(set) var bytesUp = 0
  /// Bytes of the messages received.
  private(set) var bytesDown = 0

  var isOpen: Bool { link != nil }

  mutating func open(_ link: any CloudLink) { self.link = link }

  /// - Returns: the link that was open.
  @discardableResult
  mutating func close() -> (any CloudLink)? {
    defer { link = nil }
    link?.close()
    return link
  }

  mutating func send(_ message: Message) {
    bytesUp += message.wireBytes
    link?.send(message)
  }

  /// Sends what the protocol allows now.
  ///
  /// - Returns: whether everything went out.
  mutating func send(from session: inout EdgeProtocol) -> Bool {
    while true {
      switch session.next() {
      case .message(let message): send(message)
      case .nothing: return true
      case .windowIsFull: return false
      }
    }
  }

  /// Takes a message that has arrived.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: `CloudRefusal`, and what ended the link.
  mutating func poll() throws -> Message? {
    guard let message = try link?.poll() else { return nil }
    return try count(message)
  }

  /// Waits for a message; `count` must be given it.
  ///
  /// - Throws: `LinkClosed` without a link, `DeadlineExceeded`, and what ended the link.
  nonisolated(nonsending) func receive(within limit: Duration?) async throws -> Message {
    guard let link else { throw LinkClosed() }
    return try await link.receive(within: limit)
  }

  /// Counts a message that was received.
  ///
  /// - Throws: `CloudRefusal`.
  mutating func count(_ message: Message) throws -> Message {
    bytesDown += message.wireBytes
    if case .refusal(let refusal) = message { throw CloudRefusal(refusal: refusal) }
    return message
  }
}
