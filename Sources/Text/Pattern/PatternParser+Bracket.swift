extension PatternParser {
  private enum Member {
    case range(Range<UInt32>)
    case set(ScalarSet)
  }

  /// Reads a set behind its bracket.
  mutating func bracket(_ flags: Flags) throws(PatternFault) -> ScalarSet {
    let start = position - 1
    let (set, isNegated) = try members(from: start, depth: 0)
    guard flags.ignoresCase else { return isNegated ? set.inverted : set }
    guard isNegated || !set.meets(CaseFolding.foldedScalars) else {
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
    // Classes are large: a set may name them thousands of times.
    var classes = ScalarSet.empty
    var count = 0
    func finish(_ place: Int) throws(PatternFault) {
      guard count > 0 else { throw fault("an empty set", "a character in it", at: place) }
      let set = classes.union(ScalarSet(ranges: ranges))
      result = result?.intersection(set) ?? set
      (ranges, classes, count) = ([], .empty, 0)
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
      switch try member(depth) {
      case .range(let range): ranges.append(range)
      case .set(let set): classes = classes.union(set)
      }
      count += 1
    }
  }

  /// Reads a character, a range, a class or a set inside brackets.
  private mutating func member(_ depth: Int) throws(PatternFault) -> Member {
    let place = position
    switch try single(depth) {
    case .set(let set):
      if next == "-", peek(1) != "]" {
        throw fault("a range from a set", "\"-\" at the end of the set", at: place)
      }
      return .set(set)
    case .range(let one):
      guard next == "-", let after = peek(1), after != "]" else { return .range(one) }
      position += 1
      guard after != "[", !(after == "&" && peek(1) == "&"),
        case .range(let last) = try single(depth),
        one.lowerBound <= last.lowerBound
      else { throw fault("a range without an end", "a character not below its start", at: place) }
      if next == "-", peek(1) != "]" {
        throw fault("\"-\" after a range", "\"-\" at the end of the set")
      }
      return .range(one.lowerBound..<last.upperBound)
    }
  }

  /// Reads a character, as a range of one, a class or a set.
  private mutating func single(_ depth: Int) throws(PatternFault) -> Member {
    let start = position
    guard let scalar = take() else { throw fault("a set without end", "\"]\" after it") }
    switch scalar {
    case "[":
      if next == ":" { return .set(try posix(from: start)) }
      let (set, isNegated) = try members(from: start, depth: depth + 1)
      return .set(isNegated ? set.inverted : set)
    case "\\":
      if take("b") { return .range(8..<9) }
      if next == "R" || next == "N" || next == "O" {
        throw fault("\\\(scalars[position])", "an escape that is known in a set", at: start)
      }
      if take("w") { return .set(UnicodeSets.bracketWord) }
      if take("W") { return .set(UnicodeSets.bracketWord.inverted) }
      if let set = try setEscape(from: start) { return .set(set) }
      let value = try literalEscape(from: start)
      return .range(value..<value + 1)
    default: return .range(scalar.value..<scalar.value + 1)
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
