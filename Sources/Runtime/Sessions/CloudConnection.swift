/// One session's stream, as the cloud sees it. Messages are taken in order; replies go where `connect` was
/// told.
public struct CloudConnection: Sendable {
  let id: UInt64
  let manager: CloudContextManager

  public func receive(_ message: Message) async { await manager.receive(message, from: id) }
  /// The stream has ended: states and KV cache go.
  public func close() async { await manager.disconnect(id) }
}
