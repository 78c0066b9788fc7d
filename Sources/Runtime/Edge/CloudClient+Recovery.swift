/// From one connection to the next.
extension CloudClient {
  func begin(on link: any CloudLink) async throws {
    self.link = link
    try await persist { try await self.open() }
  }

  /// Does it on as many connections as it takes.
  func persist<Result>(_ body: () async throws -> Result) async throws -> Result {
    var failure: (any Error)?
    while true {
      do {
        if let last = failure { try await reconnect(after: last) }
        return try await body()
      } catch let error where Self.isTransient(error) {
        guard reconnection != nil else { throw error }
        failure = error
      }
    }
  }

  private func reconnect(after error: any Error) async throws {
    guard let reconnection, failures < reconnection.attempts else { throw GivenUp(last: error) }
    link?.close()
    onEvent(.lost("\(error)"))
    if failures > 0 {
      let delay = reconnection.delay * (1 << min(failures - 1, 20))
      try await Task.sleep(for: min(delay, reconnection.longestDelay))
    }
    failures += 1
    reconnections += 1
    link = try await reconnection.connect()
    try await open()
    onEvent(.connected)
  }

  /// What has arrived, without waiting. A connection that has ended is found by who waits.
  func takeArrived() async throws {
    guard patience == nil else { return try flush() }
    guard let link else { return }
    do {
      while let message = try link.poll() { try note(try count(message)) }
    } catch let error where Self.isTransient(error) {
      return
    }
    _ = sendWithinWindow()
  }

  static func isTransient(_ error: any Error) -> Bool {
    switch error {
    case is LinkClosed, is DeadlineExceeded: true
    case let refusal as CloudRefusal: refusal.refusal.code.isTransient
    default: false
    }
  }
}
