extension PatternParser {
  private enum Member {
    case scalar(UInt32)
    case set(ScalarSet)
  }

  /// Reads a set behind its bracket.
  mutating func bracket(_ flags: Flags) throws(PatternFault) -> ScalarSet {
    let start = position - 1
    let (set, isNegated) = try members(from: start, depth: 0)
    guard flags.ignoresCase else { return isNegated ? set.inverted : set }
    guard isNegated || set.intersection(CaseFolding.foldedScalars).isEmpty else {
      throw fault(
        "letters that equal several letters if case is ignored", "letters that equal single ones",
        at: start)
    }
    let closed = CaseFolding.closure(set)
    return isNegated ? closed.inverted : closed
  }

  /// Reads a set up to its closing bracket, without applying a `^` at its beginning.
  private mutating func members(
    from start: Int, depth: Int
  ) throws(PatternFault) -> (set: ScalarSet, isNegated: Bool) {
    guard depth < Self.deepest else {
      throw fault("more than \(Self.deepest) sets inside one another", "fewer", at: start)
    }
    let isNegated = take("^")
    var result: ScalarSet?
    var ranges: [Range<UInt32>] = []
    var count = 0
    func finish(_ place: Int) throws(PatternFault) {
      guard count > 0 else { throw fault("an empty set", "a character in it", at: place) }
      let set = ScalarSet(ranges: ranges)
      result = result?.intersection(set) ?? set
      (ranges, count) = ([], 0)
    }
    while true {
      guard next != nil else { throw fault("a set without end", "\"]\" after it", at: start) }
      if next == "]", count > 0 || result != nil || !scalars[(position + 1)...].contains("]") {
        try finish(start)
        position += 1
        return (result ?? .empty, isNegated)
      }
      if take("&&") {
        try finish(start)
        continue
      }
      ranges += try member(depth)
      count += 1
    }
  }

  /// Reads a character, a range, a class or a set inside brackets.
  private mutating func member(_ depth: Int) throws(PatternFault) -> [Range<UInt32>] {
    let place = position
    switch try single(depth) {
    case .set(let set):
      if next == "-", peek(1) != "]" {
        throw fault("a range from a set", "\"-\" at the end of the set", at: place)
      }
      return set.ranges
    case .scalar(let first):
      guard next == "-", let after = peek(1), after != "]" else { return [first..<first + 1] }
      position += 1
      guard after != "[", !(after == "&" && peek(1) == "&"),
        case .scalar(let last) = try single(depth),
        first <= last
      else { throw fault("a range without an end", "a character not below its start", at: place) }
      if next == "-", peek(1) != "]" {
        throw fault("\"-\" after a range", "\"-\" at the end of the set")
      }
      return [first..<last + 1]
    }
  }

  private mutating func single(_ depth: Int) throws(PatternFault) -> Member {
    let start = position
    guard let scalar = take() else { throw fault("a set without end", "\"]\" after it") }
    switch scalar {
    case "[":
      if next == ":" { return .set(try posix(from: start)) }
      let (set, isNegated) = try members(from: start, depth: depth + 1)
      return .set(isNegated ? set.inverted : set)
    case "\\":
      if take("b") { return .scalar(8) }
      if next == "R" || next == "N" || next == "O" {
        throw fault("\\\(scalars[position])", "an escape that is known in a set", at: start)
      }
      if take("w") { return .set(UnicodeSets.bracketWord) }
      if take("W") { return .set(UnicodeSets.bracketWord.inverted) }
      if let set = try setEscape(from: start) { return .set(set) }
      return .scalar(try literalEscape(from: start))
    default: return .scalar(scalar.value)
    }
  }

  private mutating func posix(from start: Int) throws(PatternFault) -> ScalarSet {
    position += 1
    let isNegated = take("^")
    var name = ""
    while let scalar = next, ("a"..."z").contains(scalar) {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take(":]"), name != "any", let set = UnicodeSets.posix(name) else {
      throw fault("[:\(name.prefix(40))", "the name of a class and \":]\"", at: start)
    }
    return isNegated ? set.inverted : set
  }
}
