/// One session's stream, as the cloud sees it. Messages are taken in order; replies go to the function that was
/// given to `connect`.
package struct CloudConnection: Sendable {
  let id: UInt64
  let host: any SessionHost

  init(id: UInt64, host: any SessionHost) {
    self.id = id
    self.host = host
  }

  /// Takes a message. Returns when the next may be taken, which is later for a client above its rate.
  package func receive(_ message: Message) async {
    let wait = await host.receive(message, from: id)
    // A sleep ends early only when the stream is cancelled.
    if wait > .zero { try? await Task.sleep(for: wait) }
  }

  /// Ends the stream and frees the session's states and KV cache.
  package func close() async { await host.disconnect(id) }
}
