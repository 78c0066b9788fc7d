/// The sessions of one cloud by their ids, and the keys of their KV caches.
struct SessionTable {
  private var sessions: [UInt64: CloudSession] = [:]
  private var lastID: UInt64 = 0
  private var lastCache: UInt64 = 0
  /// KV caches that no session has any more.
  private var retiredCaches: [UInt64] = []

  subscript(id: UInt64) -> CloudSession? { sessions[id] }

  var openCount: Int { sessions.values.count(where: \.isOpen) }
  var hasRetiredCaches: Bool { !retiredCaches.isEmpty }

  func openCount(of client: String) -> Int {
    sessions.values.count { $0.isOpen && $0.client == client }
  }

  func contains(client: String) -> Bool { sessions.values.contains { $0.client == client } }

  /// Open sessions that ask nothing, with the time when each was last heard.
  var silent: [(id: UInt64, lastHeard: ContinuousClock.Instant)] {
    sessions.compactMap { $1.isOpen && !$1.hasRequest ? ($0, $1.lastHeard) : nil }
  }

  /// Sessions that can be evicted without interrupting anything, with the time when each was last heard.
  var idle: [(id: UInt64, lastHeard: ContinuousClock.Instant)] {
    sessions.compactMap { $1.isIdle ? ($0, $1.lastHeard) : nil }
  }

  mutating func add(_ session: CloudSession) -> UInt64 {
    lastID += 1
    sessions[lastID] = session
    return lastID
  }

  mutating func remove(_ id: UInt64) -> CloudSession? { sessions.removeValue(forKey: id) }

  /// Makes a transition of a session, where it is still there.
  @discardableResult
  mutating func update<Result>(
    _ id: UInt64, _ transition: (inout CloudSession) -> Result
  ) -> Result? {
    guard let index = sessions.index(forKey: id) else { return nil }
    return transition(&sessions.values[index])
  }

  /// Gives a session an empty KV cache.
  ///
  /// - Parameter feedback: what its edge wants back.
  mutating func open(_ id: UInt64, feedback: Message.Feedback?) {
    let cache = newCache()
    update(id) { $0.open(cache: cache, feedback: feedback) }
  }

  mutating func end(_ id: UInt64) {
    retireCache(of: id)
    update(id) { $0.end() }
  }

  /// A key that no KV cache had before.
  mutating func newCache() -> UInt64 {
    lastCache += 1
    return lastCache
  }

  /// The KV cache of a session may be freed.
  mutating func retireCache(of id: UInt64) {
    if let cache = sessions[id]?.cache, cache != 0 { retiredCaches.append(cache) }
  }

  mutating func takeRetiredCaches() -> [UInt64] {
    defer { retiredCaches = [] }
    return retiredCaches
  }
}
