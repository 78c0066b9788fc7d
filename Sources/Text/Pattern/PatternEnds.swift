/// Where atomic groups end, for each branch in one and each position from which it leads to that end.
struct PatternEnds {
  /// The places of branches in a row; nil for those outside atomic groups.
  private let places: [Int?]
  private let width: Int
  /// The lengths from each position on to the end, plus 1; 0 where nothing is known.
  private var lengths: [UInt32] = []
  /// The position of the first row.
  private var base = 0

  init(_ program: PatternProgram) {
    places = program.groupPlaces
    width = program.groupBranches
  }

  subscript(branch: Int, position: Int) -> Int? {
    guard let place = places[branch], position >= base else { return nil }
    let index = (position - base) * width + place
    guard index < lengths.count, lengths[index] > 0 else { return nil }
    return position + Int(lengths[index]) - 1
  }

  /// Notes an end that is not before `position`; nothing where that is not needed.
  ///
  /// - Returns: Whether the branch may be taken for one that succeeds: ends too far off are not kept.
  mutating func set(_ branch: Int, _ position: Int, _ end: Int) -> Bool {
    guard let place = places[branch], position >= base else { return true }
    guard let length = UInt32(exactly: end - position + 1) else { return false }
    let row = (position - base) * width
    if row >= lengths.count {
      lengths.append(contentsOf: repeatElement(0, count: row + width - lengths.count))
    }
    lengths[row + place] = length
    return true
  }

  /// Forgets what is known of positions before `start`.
  mutating func advance(to start: Int) {
    guard start > base else { return }
    lengths.removeFirst(min(lengths.count, (start - base) * width))
    base = start
  }
}
