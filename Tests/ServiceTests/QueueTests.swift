import CleaveService
import Testing

/// How requests wait for their turn.
@Suite struct QueueTests {
  @Test func oneRunsOneWaitsOneIsRefused() async throws {
    let queue = AdmissionQueue(running: 1, waiting: 1)
    let first = try queue.take()
    try await first.wait()
    let second = try queue.take()
    #expect(throws: APIError.self) { try queue.take() }
    #expect(queue.counts == (1, 1))
    async let turn: Void = second.wait()
    first.finish()
    try await turn
    #expect(queue.counts == (1, 0))
    second.finish()
    #expect(queue.counts == (0, 0))
  }

  @Test func aTicketThatIsLostGivesItsPlaceBack() async throws {
    let queue = AdmissionQueue(running: 1, waiting: 0)
    do { _ = try queue.take() }
    #expect(queue.counts == (0, 0))
  }

  /// A server that stops lets those that wait know at once; those that run go on.
  @Test func aClosedQueueRefusesThoseThatWait() async throws {
    let queue = AdmissionQueue(running: 1, waiting: 2)
    let running = try queue.take()
    try await running.wait()
    let (first, second) = (try queue.take(), try queue.take())
    let waiting = Task { try await first.wait() }
    while queue.counts.waiting < 2 { await Task.yield() }
    queue.close()
    await #expect(throws: APIError.self) { try await waiting.value }
    // One that had not begun to wait is refused when it does.
    await #expect(throws: APIError.self) { try await second.wait() }
    #expect(queue.counts == (1, 0))
    running.finish()
    #expect(queue.counts == (0, 0))
  }

  @Test func whoLeavesTheQueueMakesRoom() async throws {
    let queue = AdmissionQueue(running: 1, waiting: 1)
    let first = try queue.take()
    let second = try queue.take()
    let waiting = Task { try await second.wait() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    let third = try queue.take()
    first.finish()
    try await third.wait()
    #expect(queue.counts == (1, 0))
  }

  @Test func aClosedQueueTakesNobody() throws {
    let queue = AdmissionQueue(running: 1, waiting: 1)
    queue.close()
    #expect(
      throws: APIError(
        503, "this server is shutting down", type: "server_error", code: "shutting_down",
        retryAfter: 5)
    ) { try queue.take() }
  }
}
