/// What a cloud gives to its sessions, all together and each.
public struct CloudLimits: Sendable {
  public var sessions = 256
  /// Sessions of one client; nil for as many as there are.
  public var sessionsPerClient: Int?
  /// Positions that a client may upload in a second, with a second's worth at once: who is faster is read
  /// more slowly. nil for any.
  public var positionsPerSecond: Double?
  /// Of the states and KV caches of all the sessions. Who has not spoken for longest loses them first.
  public var bytes = 2 << 30
  /// How long a session may be silent.
  public var idle = Duration.seconds(600)
  /// Positions that a session may upload beyond those acknowledged.
  public var window = 1024

  public init() {}
}
