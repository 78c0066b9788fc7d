/// What a cloud gives to its sessions, all together and each.
package struct CloudLimits: Sendable {
  package var sessions = 256
  /// Sessions of one client; nil for as many as there are.
  package var sessionsPerClient: Int?
  /// Positions that a client may upload in a second, with a second's worth at once: who is faster is read
  /// more slowly. nil for any.
  package var positionsPerSecond: Double?
  /// Of the states and KV caches of all the sessions. Who has not spoken for longest loses them first.
  package var bytes = 2 << 30
  /// How long a session may be silent.
  package var idle = Duration.seconds(600)
  /// Positions that a session may upload beyond those acknowledged.
  package var window = 1024

  package init() {}
}
