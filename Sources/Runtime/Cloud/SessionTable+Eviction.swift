extension SessionTable {
  /// Drops a session's hidden states and KV cache. Its stream stays; the session is told when it next speaks.
  mutating func evict(_ id: UInt64) {
    retireCache(of: id)
    let cache = newCache()
    update(id) { $0.evict(newCache: cache) }
  }

  /// The session to evict first: of those that ask nothing, the one silent for longest.
  ///
  /// - Parameter isEligible: whether its memory may be taken at all.
  func victim(where isEligible: (UInt64) -> Bool) -> UInt64? {
    idle.filter { isEligible($0.id) }
      .min { ($0.lastHeard, $0.id) < ($1.lastHeard, $1.id) }?.id
  }
}
