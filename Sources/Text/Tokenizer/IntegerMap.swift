/// A hash map from 64-bit integers to 64-bit integers, fast enough for several lookups per byte of
/// text. It uses open addressing, and a random multiplier against files made to cause collisions.
struct IntegerMap: Sendable {
  struct Entry: Sendable {
    var key: UInt64
    var value: UInt64
  }

  /// The key of an empty slot, which cannot be used as a key.
  private static let empty = UInt64.max

  private var entries: [Entry]
  private var count = 0
  private let multiplier = UInt64.random(in: .min ... .max) | 1

  init(capacity: Int = 0) {
    var slots = 16
    while slots < capacity * 2 { slots *= 2 }
    entries = [Entry](repeating: Entry(key: Self.empty, value: 0), count: slots)
  }

  subscript(key: UInt64) -> UInt64? { withView { $0[key] } }

  /// Sets the value of `key`, replacing an existing one.
  mutating func set(_ key: UInt64, _ value: UInt64) {
    precondition(key != Self.empty)
    if count * 2 >= entries.count { grow() }
    let slot = withView { $0.slot(of: key) }
    if entries[slot].key != key { count += 1 }
    entries[slot] = Entry(key: key, value: value)
  }

  private mutating func grow() {
    var larger = IntegerMap(capacity: entries.count)
    for entry in entries where entry.key != Self.empty { larger.set(entry.key, entry.value) }
    self = larger
  }
}

// MARK: - Lookup

extension IntegerMap {
  /// An unmanaged view for many lookups, which would otherwise spend most of their time on
  /// reference counting.
  struct View {
    fileprivate let entries: UnsafePointer<Entry>
    fileprivate let mask: Int
    fileprivate let multiplier: UInt64

    subscript(key: UInt64) -> UInt64? {
      let entry = entries[slot(of: key)]
      return entry.key == key ? entry.value : nil
    }

    /// The slot where `key` is, or would be inserted.
    fileprivate func slot(of key: UInt64) -> Int {
      var hash = key &* multiplier
      hash = (hash ^ (hash >> 32)) &* multiplier
      var slot = Int(truncatingIfNeeded: hash >> 24) & mask
      while entries[slot].key != key, entries[slot].key != IntegerMap.empty {
        slot = (slot + 1) & mask
      }
      return slot
    }
  }

  /// Calls `body` with a view of the map, which is valid only during the call.
  func withView<Result>(_ body: (View) throws -> Result) rethrows -> Result {
    try entries.withUnsafeBufferPointer {
      try body(View(entries: $0.baseAddress!, mask: $0.count - 1, multiplier: multiplier))
    }
  }
}
