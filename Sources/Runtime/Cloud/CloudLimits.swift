/// The limits of a cloud, for all sessions together and for each.
package struct CloudLimits: Sendable {
  /// Open sessions.
  package var sessions = 256
  /// Open sessions of one client; nil for no limit of its own.
  package var sessionsPerClient: Int?
  /// Positions that a client may upload in a second, with a second's worth at once; nil for no limit. A client that
  /// is faster is read more slowly.
  package var positionsPerSecond: Double?
  /// The time in which nearly every request is to be answered, once the states before it are here: passes are made so
  /// short; nil for the passes that cost least.
  package var targetLatency: Duration?
  /// Bytes of the states and KV caches of all sessions. The session silent for longest is evicted first.
  package var bytes = 2 << 30
  /// How long room is kept for an evicted session that was told to upload again. Others wait for the room meanwhile.
  /// A message of 1,024 positions counts as heard when all of it is here.
  package var reservation = Duration.seconds(10)
  /// How long a session may be silent before it is ended.
  package var idle = Duration.seconds(600)
  /// Positions that a session may upload beyond those that are acknowledged.
  package var window = 1024

  package init() {}
}
