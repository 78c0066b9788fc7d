/// What answers the sessions of edges: a cloud, or a tier between that asks one.
package protocol SessionHost: AnyObject, Sendable {
  var meter: CloudMeter { get }

  /// Begins a stream.
  ///
  /// - Parameters:
  ///   - client: the name of the client whose stream it is.
  ///   - reply: takes what the cloud says, in order.
  func connect(
    client: String, reply: @escaping @Sendable (Message) -> Void
  ) async -> CloudConnection

  /// Takes a message of a stream.
  ///
  /// - Returns: how long to wait before the next message is taken.
  func receive(_ message: Message, from id: UInt64) async -> Duration

  /// Ends a stream, and what its session has.
  func disconnect(_ id: UInt64) async
}
