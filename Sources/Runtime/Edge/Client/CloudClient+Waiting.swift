/// A client that waits for its cloud, on as many connections as it takes.
extension CloudClient {
  func begin(on link: any CloudLink) async throws {
    var first: (any CloudLink)? = link
    try await persist {
      guard let link = first else { return }
      first = nil
      try await self.open(link)
    }
  }

  /// Runs `body` on as many connections as it takes.
  func persist<Result>(_ body: () async throws -> Result) async throws -> Result {
    var failure: (any Error)?
    while true {
      do {
        if let last = failure { try await reconnect(after: last) }
        return try await body()
      } catch let error where error.mayPass {
        guard reconnector.mayReconnect else { throw error }
        failure = error
      }
    }
  }

  func reconnect(after error: any Error) async throws {
    let pause = try reconnector.beginAttempt(after: error)
    connection.close()
    onEvent(.lost("\(error)"))
    if pause > .zero { try await Task.sleep(for: pause) }
    try await open(try await reconnector.connect())
    onEvent(.connected)
  }
}
