/// What is known about (branch, position) pairs of one text: that a match cannot go on from there, or,
/// inside a look or an atomic group, that it can. This bounds the work by program size times text.
struct PatternMemo {
  /// The words of a row: one bit for each branch that failed, then one for each that succeeded.
  private let words: Int
  private let rowWords: Int
  private var bits: [UInt64] = []
  /// The position of the first row; there is a row for each position from there on as far as needed.
  private var base = 0
  private var rows = 0
  /// Where atomic groups end for which a branch inside succeeded.
  private var ends: PatternEnds

  init(_ program: PatternProgram) {
    words = (program.branches + 63) / 64
    rowWords = program.hasInner ? 2 * words : words
    ends = PatternEnds(program)
  }

  /// Forgets what is known of positions before `start`.
  mutating func advance(to start: Int) {
    if start >= base + rows {
      bits.removeAll(keepingCapacity: true)
      (base, rows) = (start, 0)
      ends.advance(to: base)
    } else if start - base > 1024, start - base > rows / 2 {
      bits.removeFirst((start - base) * rowWords)
      rows -= start - base
      base = start
      ends.advance(to: base)
    }
  }

  @inline(__always)
  func isFailed(_ branch: Int, _ position: Int) -> Bool { isSet(branch, position, 0) }

  @inline(__always)
  func isDone(_ branch: Int, _ position: Int) -> Bool { isSet(branch, position, words) }

  @inline(__always)
  private func isSet(_ branch: Int, _ position: Int, _ plane: Int) -> Bool {
    let row = position - base
    guard row < rows, row >= 0 else { return false }
    return bits[row * rowWords + plane + branch >> 6] >> UInt64(branch & 63) & 1 == 1
  }

  mutating func fail(_ branch: Int, _ position: Int) { set(branch, position, 0) }

  /// Notes that a match goes on from there to `end`, whatever was noted before.
  mutating func finish(_ branch: Int, _ position: Int, _ end: Int) {
    if ends.set(branch, position, end) { set(branch, position, words) }
    let row = position - base
    if row >= 0, row < rows { bits[row * rowWords + branch >> 6] &= ~(1 << UInt64(branch & 63)) }
  }

  private mutating func set(_ branch: Int, _ position: Int, _ plane: Int) {
    let row = position - base
    guard row >= 0 else { return }
    if row >= rows {
      bits.append(contentsOf: repeatElement(0, count: (row + 1 - rows) * rowWords))
      rows = row + 1
    }
    bits[row * rowWords + plane + branch >> 6] |= 1 << UInt64(branch & 63)
  }

  /// Forgets what failed at `position`, where a match ends: it may have gone on from there.
  mutating func clear(_ position: Int) {
    let row = position - base
    guard row >= 0, row < rows else { return }
    for word in row * rowWords..<(row + 1) * rowWords { bits[word] = 0 }
  }

  /// Where the atomic group ends inside which `branch` is known to succeed; nil outside such groups.
  func end(_ branch: Int, _ position: Int) -> Int? { ends[branch, position] }
}
