/// The open sessions of a middle tier: the bytes that each is charged with, and since when it is silent.
struct MiddleBudget {
  private struct Entry {
    var bytes = 0
    /// Whether a message of it is being handled.
    var isBusy = true
    var lastHeard: ContinuousClock.Instant
  }

  private let limit: Int
  private var entries: [UInt64: Entry] = [:]
  /// Bytes of all sessions.
  private(set) var charged = 0

  init(limit: Int) { self.limit = limit }

  var openCount: Int { entries.count }
  func isOpen(_ id: UInt64) -> Bool { entries[id] != nil }

  mutating func open(_ id: UInt64, now: ContinuousClock.Instant) {
    entries[id] = Entry(lastHeard: now)
  }

  mutating func close(_ id: UInt64) {
    discharge(id)
    entries[id] = nil
  }

  /// A message of the session is being handled, until `finish`.
  mutating func begin(_ id: UInt64) { entries[id]?.isBusy = true }

  mutating func finish(_ id: UInt64, now: ContinuousClock.Instant) {
    entries[id]?.isBusy = false
    entries[id]?.lastHeard = now
  }

  /// Charges a session with so many bytes in place of what it was charged with.
  ///
  /// - Returns: false where there is no room for them; nothing changes then.
  mutating func charge(_ id: UInt64, _ bytes: Int) -> Bool {
    // A session that is over takes nothing.
    guard let before = entries[id]?.bytes else { return true }
    guard charged - before + bytes <= limit else { return false }
    entries[id]?.bytes = bytes
    charged += bytes - before
    return true
  }

  mutating func discharge(_ id: UInt64) {
    charged -= entries[id]?.bytes ?? 0
    entries[id]?.bytes = 0
  }

  /// The session that was silent for longest of those that are charged and not busy, or are among those that wait.
  func longestSilent(except id: UInt64, or waiting: some Collection<UInt64>) -> UInt64? {
    entries.filter {
      $0.key != id && $0.value.bytes > 0 && (!$0.value.isBusy || waiting.contains($0.key))
    }
    .min { $0.value.lastHeard < $1.value.lastHeard }?.key
  }

  /// The sessions that have said nothing for this long.
  func silent(for time: Duration, now: ContinuousClock.Instant) -> [UInt64] {
    entries.filter { !$0.value.isBusy && $0.value.lastHeard.duration(to: now) >= time }.map(\.key)
  }
}
