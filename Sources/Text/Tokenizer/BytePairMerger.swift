/// Byte-pair encoding of one piece of text: merges the pair of neighbours with the best rank,
/// leftmost first among equals, until no pair merges.
///
/// A linked list of symbols and a heap of candidate pairs encode a piece of n bytes in O(n log n),
/// which matters because a megabyte without a space is one piece. The value holds working memory
/// that is reused between pieces, so that short pieces allocate nothing.
struct BytePairMerger {
  private static let none: Int32 = -1
  /// The id of a symbol that was merged into its left neighbour; no merge contains it.
  private static let merged = UInt32.max

  private var ids: [UInt32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// The merge of each symbol with its right neighbour, as last looked up.
  private var merges: [(rank: UInt32, id: UInt32)?] = []
  private var heap = MinHeap()

  /// Appends the ids of `piece`.
  ///
  /// - Parameter characters: turns characters into symbols; nil if bytes are the symbols.
  mutating func encode(
    _ piece: UnsafeBufferPointer<UInt8>, with tables: TokenizerTables.View,
    characters: CharacterSymbols? = nil, into output: inout [Int]
  ) {
    clear()
    if let characters {
      characters.read(piece, tables) { append($0) }
    } else {
      start(piece, tables)
    }
    if !ids.isEmpty { next[ids.count - 1] = Self.none }
    guard !ids.isEmpty else { return }
    for position in 0..<ids.count - 1 { consider(Int32(position), tables) }
    while let candidate = heap.pop() { merge(candidate, tables) }
    var position: Int32 = 0
    while position != Self.none {
      output.append(Int(ids[Int(position)]))
      position = next[Int(position)]
    }
  }

  /// Starts with one symbol per byte. A byte that the vocabulary lacks becomes the unknown token,
  /// or nothing.
  private mutating func start(_ piece: UnsafeBufferPointer<UInt8>, _ tables: TokenizerTables.View) {
    for byte in piece {
      if let id = tables.id(of: byte) { append(id) }
    }
  }

  private mutating func clear() {
    ids.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    merges.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private mutating func append(_ id: UInt32) {
    next.append(Int32(ids.count + 1))
    previous.append(Int32(ids.count - 1))
    ids.append(id)
    merges.append(nil)
  }

  /// Queues the pair that starts at `position` if it merges. The key holds the rank above the
  /// position, which orders candidates by rank and then from the left.
  private mutating func consider(_ position: Int32, _ tables: TokenizerTables.View) {
    let right = next[Int(position)]
    let merge = right == Self.none ? nil : tables.merge(ids[Int(position)], ids[Int(right)])
    merges[Int(position)] = merge
    if let merge { heap.push(UInt64(merge.rank) << 32 | UInt64(position)) }
  }

  private mutating func merge(_ candidate: UInt64, _ tables: TokenizerTables.View) {
    let position = Int(candidate & 0xFFFF_FFFF)
    let right = next[position]
    // The pair may have changed since it was queued; if it still merges, it was queued again.
    guard right != Self.none, let merge = merges[position], UInt64(merge.rank) == candidate >> 32
    else { return }
    ids[position] = merge.id
    ids[Int(right)] = Self.merged
    next[position] = next[Int(right)]
    if next[position] != Self.none { previous[Int(next[position])] = Int32(position) }
    next[Int(right)] = Self.none
    if previous[position] != Self.none { consider(previous[position], tables) }
    consider(Int32(position), tables)
  }
}
