/// A set of Unicode scalars.
struct ScalarSet: Sendable, Hashable {
  /// Where membership changes, ascending: a scalar is a member if an odd number of bounds is not above it.
  private(set) var bounds: [UInt32] = []

  static let limit: UInt32 = 0x110000
  static let empty = ScalarSet()
  static let all = ScalarSet(ranges: [0..<limit])

  init() {}

  init(_ scalar: UInt32) { bounds = [scalar, scalar + 1] }

  init(_ scalars: some Sequence<UInt32>) { self.init(ranges: scalars.map { $0..<$0 + 1 }) }

  init(ranges: [Range<UInt32>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = bounds.last, range.lowerBound <= last {
        bounds[bounds.count - 1] = max(last, range.upperBound)
      } else {
        bounds += [range.lowerBound, range.upperBound]
      }
    }
  }

  var ranges: [Range<UInt32>] {
    stride(from: 0, to: bounds.count, by: 2).map { bounds[$0]..<bounds[$0 + 1] }
  }

  var isEmpty: Bool { bounds.isEmpty }

  /// The only member; nil if there are none or more.
  var single: UInt32? { bounds.count == 2 && bounds[1] == bounds[0] + 1 ? bounds[0] : nil }

  /// The scalars that are no members.
  var inverted: ScalarSet {
    var result = self
    result.bounds = bounds.first == 0 ? Array(bounds.dropFirst()) : [0] + bounds
    if result.bounds.last == Self.limit {
      result.bounds.removeLast()
    } else {
      result.bounds.append(Self.limit)
    }
    return result
  }

  func union(_ other: ScalarSet) -> ScalarSet {
    self == other || other.isEmpty ? self : merged(other) { $0 || $1 }
  }

  func intersection(_ other: ScalarSet) -> ScalarSet {
    self == other ? self : merged(other) { $0 && $1 }
  }

  func subtracting(_ other: ScalarSet) -> ScalarSet { merged(other) { $0 && !$1 } }

  /// The set of what `isMember` says of being a member here and there; it must say no where both are no.
  private func merged(
    _ other: ScalarSet, _ isMember: (_ here: Bool, _ there: Bool) -> Bool
  ) -> ScalarSet {
    var result = ScalarSet()
    result.bounds.reserveCapacity(bounds.count + other.bounds.count)
    var (mine, theirs) = (0, 0)
    while mine < bounds.count || theirs < other.bounds.count {
      let here = mine < bounds.count ? bounds[mine] : .max
      let there = theirs < other.bounds.count ? other.bounds[theirs] : .max
      let bound = min(here, there)
      if here == bound { mine += 1 }
      if there == bound { theirs += 1 }
      let isIn = isMember(!mine.isMultiple(of: 2), !theirs.isMultiple(of: 2))
      if isIn == result.bounds.count.isMultiple(of: 2) { result.bounds.append(bound) }
    }
    return result
  }

  /// Whether the sets have a member in common.
  func meets(_ other: ScalarSet) -> Bool {
    let (few, many) = bounds.count < other.bounds.count ? (self, other) : (other, self)
    for index in stride(from: 0, to: few.bounds.count, by: 2) {
      let start = few.bounds[index]
      let place = many.place(of: start)
      if !place.isMultiple(of: 2) { return true }
      if place < many.bounds.count, many.bounds[place] < few.bounds[index + 1] { return true }
    }
    return false
  }

  /// How many bounds are not above `scalar`.
  private func place(of scalar: UInt32) -> Int {
    Self.place(of: scalar, in: bounds, from: 0, to: bounds.count)
  }

  func contains(_ scalar: UInt32) -> Bool {
    Self.contains(scalar, in: bounds, from: 0, to: bounds.count)
  }

  /// Looks `scalar` up in the bounds from `start` to `end` of a list of such.
  static func contains(
    _ scalar: UInt32, in bounds: [UInt32], from start: Int, to end: Int
  ) -> Bool {
    place(of: scalar, in: bounds, from: start, to: end) % 2 == 1
  }

  @inline(__always)
  private static func place(
    of scalar: UInt32, in bounds: [UInt32], from start: Int, to end: Int
  ) -> Int {
    var (low, high) = (start, end)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] <= scalar { low = middle + 1 } else { high = middle }
    }
    return low - start
  }
}
