/// How fast each client uploads: a bucket that holds a second's worth (token bucket).
struct ClientRates {
  private struct Bucket {
    /// Below 0 for what was taken in advance.
    var level: Double
    var at: ContinuousClock.Instant
  }

  private let limit: Double?
  private var buckets: [String: Bucket] = [:]

  init(positionsPerSecond: Double?) { limit = positionsPerSecond }

  /// - Returns: how long the client should be kept waiting for what it took.
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

  /// Forgets a client that has no session. What it owes is forgiven within a second or so.
  mutating func forget(_ client: String) { buckets[client] = nil }
}
