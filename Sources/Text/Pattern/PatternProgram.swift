/// A regular expression as steps for `PatternSearch`.
struct PatternProgram: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    /// Consumes the byte.
    case byte(UInt8)
    /// Consumes one scalar of the set.
    case one(set: Int)
    /// Consumes a scalar of the set if there is one, and never gives it back.
    case maybe(set: Int)
    /// Consumes as many scalars of the set as there are. `isFinal` says that to give some back would not help.
    case run(set: Int, branch: Int, isFinal: Bool)
    /// Goes on at `first`, and if that fails at `second`.
    case split(first: Int, second: Int, branch: Int)
    case jump(Int)
    case anchor(PatternAnchor)
    /// Goes on at `next` if the steps from the next one on match, or do not, from `back` scalars before.
    case look(next: Int, branch: Int, isNegated: Bool, back: Int)
    /// Goes on at `next` from where the steps from the next one on end.
    case atomic(next: Int, branch: Int)
    case accept
  }

  var steps: [Step] = []
  /// The bounds of all sets one after another.
  var bounds: [UInt32] = []
  /// Where the bounds of each set begin; the last number ends them.
  var setStarts: [Int] = [0]
  /// The members below 128 of each set, 64 bits at a time.
  var ascii: [UInt64] = []
  /// How many steps have outcomes that are worth remembering.
  var branches = 0
  /// How many of them are in atomic groups, and which of these each branch is.
  var groupBranches = 0
  var groupPlaces: [Int?] = []
  /// The bytes with which what is behind each branch can begin, for splits on both sides.
  var firsts: [FirstBytes] = []
  var seconds: [FirstBytes] = []
  /// The bytes with which a match can begin.
  var start = FirstBytes.all
  /// Whether there are looks or atomic groups.
  var hasInner = false

  /// The end of the scalar at `position` if it is a member of the set; else -1.
  @inline(__always)
  func end(_ set: Int, _ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
    guard position < text.count else { return -1 }
    let first = text[position]
    if first < 0x80 {
      let isMember = ascii[2 * set + Int(first >> 6)] >> UInt64(first & 63) & 1 == 1
      return isMember ? position + 1 : -1
    }
    let (scalar, length) = ScalarReader.scalar(in: text, at: position)
    let isMember = ScalarSet.contains(
      scalar.value, in: bounds, from: setStarts[set], to: setStarts[set + 1])
    return isMember ? position + length : -1
  }
}

/// The bytes that can come next. All bytes of scalars beyond ASCII count as one.
struct FirstBytes: Sendable, Equatable {
  var low: UInt64 = 0
  var high: UInt64 = 0
  var hasOthers = false
  /// Whether nothing need come, or what comes is not known.
  var isOptional = false

  static let all = FirstBytes(low: .max, high: .max, hasOthers: true, isOptional: true)

  @inline(__always)
  func allows(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
    if isOptional { return true }
    guard position < text.count else { return false }
    let byte = text[position]
    if byte < 64 { return low >> UInt64(byte) & 1 == 1 }
    return byte < 128 ? high >> UInt64(byte - 64) & 1 == 1 : hasOthers
  }

  mutating func add(_ byte: UInt8) {
    if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
  }

  func union(_ other: FirstBytes) -> FirstBytes {
    FirstBytes(
      low: low | other.low, high: high | other.high, hasOthers: hasOthers || other.hasOthers,
      isOptional: isOptional || other.isOptional)
  }
}
