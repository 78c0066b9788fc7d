/// Byte-pair encoding of one piece of text: the best-ranked pair of neighbours merges, the leftmost
/// of equals first, until no pair merges. A linked list of symbols and a heap of candidate pairs
/// keep a piece of n bytes at O(n log n): a megabyte without a space is one piece.
///
/// The value is the working memory, kept between pieces so that short ones allocate nothing.
struct BytePairMerger {
  private static let none: Int32 = -1
  /// The id of a symbol that has merged into its left neighbour; no merge names it.
  private static let merged = UInt32.max

  private var ids: [UInt32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// The merge of each symbol with its right neighbour, as last looked up.
  private var merges: [(rank: UInt32, id: UInt32)?] = []
  private var heap = MinHeap()

  /// Appends the ids of `piece`.
  ///
  /// - Parameter characters: how characters become symbols; nil where bytes do.
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

  /// One symbol for each byte. A byte that the vocabulary lacks is the unknown token, or nothing.
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

  /// Queues the pair that starts at `position` if it merges. Rank above position in one integer
  /// orders candidates by rank and then from the left.
  private mutating func consider(_ position: Int32, _ tables: TokenizerTables.View) {
    let right = next[Int(position)]
    let merge = right == Self.none ? nil : tables.merge(ids[Int(position)], ids[Int(right)])
    merges[Int(position)] = merge
    if let merge { heap.push(UInt64(merge.rank) << 32 | UInt64(position)) }
  }

  private mutating func merge(_ candidate: UInt64, _ tables: TokenizerTables.View) {
    let position = Int(candidate & 0xFFFF_FFFF)
    let right = next[position]
    // The pair may have changed since it was queued; if it still merges, it was queued anew.
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

/// The smallest of many integers first.
struct MinHeap {
  private var values: [UInt64] = []

  mutating func push(_ value: UInt64) {
    var hole = values.count
    values.append(value)
    while hole > 0, values[(hole - 1) / 2] > value {
      values[hole] = values[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    values[hole] = value
  }

  mutating func pop() -> UInt64? {
    guard let last = values.popLast() else { return nil }
    guard let smallest = values.first else { return last }
    var hole = 0
    while 2 * hole + 1 < values.count {
      var child = 2 * hole + 1
      if child + 1 < values.count, values[child + 1] < values[child] { child += 1 }
      guard values[child] < last else { break }
      values[hole] = values[child]
      hole = child
    }
    values[hole] = last
    return smallest
  }
}
