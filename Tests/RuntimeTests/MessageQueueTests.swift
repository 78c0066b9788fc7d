import CleaveRuntime
import Testing

/// A queue that a writer fills faster than anybody reads.
@Suite(.timeLimit(.minutes(20))) struct MessageQueueTests {
  private let message = Message.acknowledged(positions: 1)

  private func full() -> MessageQueue {
    let queue = MessageQueue()
    for _ in 0..<4096 { queue.put(message) }
    return queue
  }

  @Test func messagesFillIt() throws {
    let queue = MessageQueue()
    for _ in 0..<4095 { queue.put(message) }
    #expect(!queue.isFull)
    queue.put(message)
    #expect(queue.isFull)
    #expect(try queue.poll() == message)
    #expect(!queue.isFull)
  }

  @Test func bytesFillIt() async throws {
    let queue = MessageQueue()
    let large = Message.returned(
      .init(firstPosition: 0, count: 1, data: [UInt8](repeating: 0, count: 1 << 24)))
    queue.put(large)
    #expect(queue.isFull)
    #expect(try await queue.take() == large)
    #expect(!queue.isFull)
  }

  /// A writer of thirty thousand messages leaves no more of them here than fill the queue, and all come in their order.
  @Test func aWriterThatWaitsFillsItNoFurther() async throws {
    let queue = MessageQueue()
    let count: UInt32 = 30_000
    let writer = Task {
      for position in 0..<count {
        guard !queue.isFull else { return false }
        queue.put(.acknowledged(positions: position))
        await queue.waitForRoom()
      }
      return true
    }
    for position in 0..<count {
      #expect(try await queue.take() == .acknowledged(positions: position))
    }
    #expect(await writer.value)
  }

  @Test func whatEndsAWaitForRoom() async throws {
    await MessageQueue().waitForRoom()
    let (read, ended, cancelled) = (full(), full(), full())
    let reading = Task { await read.waitForRoom() }
    let ending = Task { await ended.waitForRoom() }
    let cancelling = Task { await cancelled.waitForRoom() }
    await Task.yield()
    _ = try await read.take()
    await reading.value
    ended.finish()
    await ending.value
    cancelling.cancel()
    await cancelling.value
    #expect(cancelled.isFull && ended.isFull && !read.isFull)
  }
}
