/// The bytes of every token, by id, and back, while a tokenizer.json is read. Keys are bytes: Swift's string equality would merge
/// tokens that Unicode calls equivalent.
struct TokenTable: Sendable {
  private struct Span {
    var start: Int
    var length: Int
  }

  /// All tokens back to back: one allocation for the vocabulary instead of one for each token.
  private var bytes: [UInt8] = []
  /// Where each id's bytes are; a negative length marks an id without a token.
  private var spans: [Span] = []
  /// Open addressing over the ids; -1 is empty.
  private var slots = [Int32](repeating: -1, count: 16)
  private var indexed = 0

  /// The highest id + 1.
  var count: Int { spans.count }

  /// The ids that have tokens, rising.
  var ids: [Int] { spans.indices.filter { spans[$0].length >= 0 } }

  /// Bytes of all tokens together.
  var textBytes: Int { bytes.count }

  /// Lends the bytes of tokens that are there.
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
    // Strings and arrays lend their bytes; nothing else is asked for here.
    token.withContiguousStorageIfAvailable { id(of: $0) }
      ?? Array(token).withUnsafeBufferPointer(id)
  }

  /// Sets the bytes of `id`, which the caller has checked to be free.
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

  /// Where a token of these bytes is or would go. The standard hasher is seeded per process, so a
  /// file cannot be made to collide.
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
