extension CloudClient {
  /// How a session goes on when its connection ends.
  package struct Reconnection: Sendable {
    /// Makes a new connection, to the same cloud or to another.
    package var connect: @Sendable () async throws -> any CloudLink
    /// Failures in a row, without an answer between, before the session gives up.
    package var attempts = 8
    /// The pause before the second attempt; it doubles with each.
    package var delay = Duration.milliseconds(100)
    package var longestDelay = Duration.seconds(5)

    package init(connect: @escaping @Sendable () async throws -> any CloudLink) {
      self.connect = connect
    }
  }
}

/// The attempts of one session to connect again.
struct Reconnector: Sendable {
  private let reconnection: CloudClient.Reconnection?
  private var failures = 0
  private var hasConnected = false
  /// Connections after the first. For a client that waits, attempts count too.
  private(set) var count = 0

  /// - Parameter reconnection: nil when the session ends with its connection.
  init(_ reconnection: CloudClient.Reconnection?) { self.reconnection = reconnection }

  var mayReconnect: Bool { reconnection != nil }

  /// Begins another attempt of a client that waits.
  ///
  /// - Returns: the pause before it.
  /// - Throws: `GivenUp` after too many failures in a row.
  mutating func beginAttempt(after error: any Error) throws -> Duration {
    guard let reconnection, failures < reconnection.attempts else { throw GivenUp(last: error) }
    let delay = reconnection.delay * (1 << min(max(0, failures - 1), 20))
    defer {
      failures += 1
      count += 1
    }
    return failures > 0 ? min(delay, reconnection.longestDelay) : .zero
  }

  nonisolated(nonsending) func connect() async throws -> any CloudLink {
    guard let reconnection else { throw LinkClosed("this session has one connection") }
    return try await reconnection.connect()
  }

  /// A connection that was made in the background was accepted.
  mutating func noteConnected() {
    count += hasConnected ? 1 : 0
    hasConnected = true
  }

  /// The cloud has answered: failures before do not count any more.
  mutating func noteAnswer() { failures = 0 }
}
