/// The link to a cloud, or to a tier between, in the same process.
package final class InProcessLink: CloudLink {
  private let uplink: AsyncStream<Message>.Continuation
  private let inbox = MessageQueue()

  package init(_ cloud: any SessionHost) {
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

  package func send(_ message: Message) { uplink.yield(message) }
  package func receive() async throws -> Message { try await inbox.take() }
  package func receive(within limit: Duration?) async throws -> Message {
    try await inbox.take(within: limit)
  }
  package func poll() throws -> Message? { try inbox.poll() }
  package func close() { uplink.finish() }
}
