/// A connection to the cloud as the edge sees it, of one session: messages go out in order without waiting,
/// messages come in one at a time.
public protocol CloudLink: Sendable {
  /// Hands a message over and returns at once.
  func send(_ message: Message)
  /// The next message from the cloud. One caller waits at a time.
  ///
  /// - Throws: `LinkClosed` when none will come.
  func receive() async throws -> Message
  /// The same for a while. A message that comes later is not lost.
  ///
  /// - Throws: `DeadlineExceeded`.
  func receive(within limit: Duration?) async throws -> Message
  /// The next message where it is here already.
  func poll() throws -> Message?
  func close()
}

extension CloudLink {
  /// For links whose replies come as soon as they are asked for.
  public func receive(within limit: Duration?) async throws -> Message { try await receive() }
  public func poll() throws -> Message? { nil }
}

public struct LinkClosed: Error, Sendable, CustomStringConvertible {
  /// What happened to it, where that is known.
  public let reason: String?

  public init(_ reason: String? = nil) { self.reason = reason }

  public var description: String {
    "the connection to the cloud is closed" + (reason.map { ": \($0)" } ?? "")
  }
}

/// The cloud in the same process.
public final class InProcessLink: CloudLink {
  private let uplink: AsyncStream<Message>.Continuation
  private let inbox = MessageQueue()

  public init(_ cloud: CloudContextManager) {
    let (stream, uplink) = AsyncStream<Message>.makeStream()
    self.uplink = uplink
    let inbox = inbox
    Task {
      let connection = await cloud.connect(client: "") { inbox.put($0) }
      for await message in stream { await connection.receive(message) }
      await connection.close()
      inbox.finish()
    }
  }

  public func send(_ message: Message) { uplink.yield(message) }
  public func receive() async throws -> Message { try await inbox.take() }
  public func receive(within limit: Duration?) async throws -> Message {
    try await inbox.take(within: limit)
  }
  public func poll() throws -> Message? { try inbox.poll() }
  public func close() { uplink.finish() }
}
