/// A map from 64-bit integers to 64-bit integers for the lookups of the merge loop, several per byte
/// of text: open addressing, a random multiplier against files made to collide.
struct IntegerMap: Sendable {
  /// Marks an empty slot, so it cannot be a key.
  private static let empty = UInt64.max

  private var keys: [UInt64]
  private var values: [UInt64]
  private var count = 0
  private let multiplier = UInt64.random(in: .min ... .max) | 1

  init(capacity: Int = 0) {
    var slots = 16
    while slots < capacity * 2 { slots *= 2 }
    keys = [UInt64](repeating: Self.empty, count: slots)
    values = [UInt64](repeating: 0, count: slots)
  }

  subscript(key: UInt64) -> UInt64? {
    let slot = slot(of: key)
    return keys[slot] == key ? values[slot] : nil
  }

  /// Sets the value of `key`, in place of the one it had.
  mutating func set(_ key: UInt64, _ value: UInt64) {
    precondition(key != Self.empty)
    if count * 2 >= keys.count { grow() }
    let slot = slot(of: key)
    if keys[slot] != key { count += 1 }
    keys[slot] = key
    values[slot] = value
  }

  /// Where `key` is or would go.
  private func slot(of key: UInt64) -> Int {
    var hash = key &* multiplier
    hash = (hash ^ (hash >> 32)) &* multiplier
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: hash >> 24) & mask
    while keys[slot] != key, keys[slot] != Self.empty { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    var larger = IntegerMap(capacity: keys.count)
    for (slot, key) in keys.enumerated() where key != Self.empty { larger.set(key, values[slot]) }
    self = larger
  }
}
