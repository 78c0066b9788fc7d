/// The upload rates of clients, each held to a limit by a token bucket of one second.
struct ClientRates {
  private struct Bucket {
    /// Positions that may be uploaded at once; below 0 for what was taken in advance.
    var level: Double
    var at: ContinuousClock.Instant
  }

  private let limit: Double?
  private var buckets: [String: Bucket] = [:]

  init(positionsPerSecond: Double?) { limit = positionsPerSecond }

  /// Counts positions that a client uploaded.
  ///
  /// - Returns: how long to wait before more is read from it.
  mutating func take(
    _ positions: Int, client: String, now: ContinuousClock.Instant
  ) -> Duration {
    guard let limit, positions > 0 else { return .zero }
    var bucket = buckets[client] ?? Bucket(level: limit, at: now)
    bucket.level = min(limit, bucket.level + limit * (bucket.at.duration(to: now) / .seconds(1)))
    bucket.level -= Double(positions)
    bucket.at = now
    buckets[client] = bucket
    return bucket.level < 0 ? .seconds(-bucket.level / limit) : .zero
  }

  /// Removes a client that has no session any more, and what it took in advance.
  mutating func remove(_ client: String) { buckets[client] = nil }
}
