/// The cloud did not reply in time.
public struct DeadlineExceeded: Error, Equatable, Sendable, CustomStringConvertible {
  public let limit: Duration
  public var description: String { "no reply from the cloud within \(limit)" }
}

enum Deadline {
  /// - Throws: `DeadlineExceeded`, what the body throws.
  static func run<Result: Sendable>(
    _ limit: Duration?, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    guard let limit else { return try await body() }
    return try await withThrowingTaskGroup(of: Result.self) { group in
      group.addTask(operation: body)
      group.addTask {
        try await Task.sleep(for: limit)
        throw DeadlineExceeded(limit: limit)
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }
}
