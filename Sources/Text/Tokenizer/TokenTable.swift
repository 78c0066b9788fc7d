/// The bytes of each token by id, and the reverse, while a tokenizer.json is read. Keys are bytes,
/// because Swift's string equality would unify tokens that Unicode calls equivalent.
struct TokenTable: Sendable {
  private struct Span {
    var start: Int
    var length: Int
  }

  /// The bytes of all tokens one after another: one allocation for the vocabulary instead of one
  /// per token.
  private var bytes: [UInt8] = []
  /// The range of each id's bytes; a negative length marks an id without a token.
  private var spans: [Span] = []
  /// A hash table of ids with open addressing; -1 marks an empty slot.
  private var slots = [Int32](repeating: -1, count: 16)
  private var indexed = 0

  /// The highest id plus 1.
  var count: Int { spans.count }

  /// The ids that have tokens, ascending.
  var ids: [Int] { spans.indices.filter { spans[$0].length >= 0 } }

  /// The size of all tokens together in bytes.
  var textBytes: Int { bytes.count }

  /// Calls `body` with access to the bytes of existing tokens.
  func withSpellings<Result>(
    _ body: ((Int) -> UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { bytes in
      try body { id in
        let span = spans[id]
        return UnsafeBufferPointer(rebasing: bytes[span.start..<span.start + span.length])
      }
    }
  }

  subscript(id: Int) -> ArraySlice<UInt8>? {
    guard spans.indices.contains(id), spans[id].length >= 0 else { return nil }
    return bytes[spans[id].start..<spans[id].start + spans[id].length]
  }

  func id(of token: UnsafeBufferPointer<UInt8>) -> Int? {
    let id = slots[slot(of: token)]
    return id < 0 ? nil : Int(id)
  }

  func id(of token: some Sequence<UInt8>) -> Int? {
    // Strings and arrays give access to their bytes; other sequences are copied.
    token.withContiguousStorageIfAvailable { id(of: $0) }
      ?? Array(token).withUnsafeBufferPointer(id)
  }

  /// Sets the bytes of `id`, which the caller has checked to be unused.
  mutating func set(_ id: Int, _ token: some Collection<UInt8>) {
    if id >= spans.count {
      let missing = id + 1 - spans.count
      spans.append(contentsOf: repeatElement(Span(start: 0, length: -1), count: missing))
    }
    spans[id] = Span(start: bytes.count, length: token.count)
    bytes.append(contentsOf: token)
    index(id)
  }

  mutating func reserve(tokens: Int) {
    bytes.reserveCapacity(tokens * 8)
    spans.reserveCapacity(tokens)
    rebuild(slots: tokens * 2)
  }
}

// MARK: - Hashing

extension TokenTable {
  private mutating func index(_ id: Int) {
    indexed += 1
    if indexed * 2 > slots.count { rebuild(slots: slots.count * 2) }
    insert(Int32(id))
  }

  private mutating func insert(_ id: Int32) {
    let span = spans[Int(id)]
    let slot = bytes.withUnsafeBufferPointer {
      self.slot(of: UnsafeBufferPointer(rebasing: $0[span.start..<span.start + span.length]))
    }
    slots[slot] = id
  }

  private mutating func rebuild(slots wanted: Int) {
    let ids = slots.filter { $0 >= 0 }
    var size = 16
    while size < wanted { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    for id in ids { insert(id) }
  }

  /// The slot where a token with these bytes is, or would be inserted. The standard hasher is
  /// seeded per process, so that a file cannot be made to cause collisions.
  private func slot(of token: UnsafeBufferPointer<UInt8>) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(token))
    let mask = slots.count - 1
    var slot = hasher.finalize() & mask
    while slots[slot] >= 0, !isToken(Int(slots[slot]), token) { slot = (slot + 1) & mask }
    return slot
  }

  private func isToken(_ id: Int, _ token: UnsafeBufferPointer<UInt8>) -> Bool {
    let span = spans[id]
    guard span.length == token.count else { return false }
    return bytes.withUnsafeBufferPointer {
      $0[span.start..<span.start + span.length].elementsEqual(token)
    }
  }
}
