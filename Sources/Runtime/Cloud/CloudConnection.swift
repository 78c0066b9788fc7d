/// One session's stream, as the cloud sees it. Messages are taken in order; replies go where `connect` was
/// told.
package struct CloudConnection: Sendable {
  let id: UInt64
  let manager: CloudContextManager

  /// Returns when the next message may be taken, which is later for a client that is above its rate.
  package func receive(_ message: Message) async {
    let wait = await manager.receive(message, from: id)
    // Cancelled with its stream.
    if wait > .zero { try? await Task.sleep(for: wait) }
  }

  /// The stream has ended: states and KV cache go.
  package func close() async { await manager.disconnect(id) }
}
