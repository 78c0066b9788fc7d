extension PatternParser {
  /// Reads `(?i)` and the like, which change the flags for the rest of a group; nil if there is none.
  mutating func takeFlags(_ flags: Flags) throws(PatternFault) -> Flags? {
    let start = position
    guard take("(?"), let changed = try changes(flags), take(")") else {
      position = start
      return nil
    }
    return changed
  }

  /// Reads flags behind `(?`; nil if what is there are none.
  private mutating func changes(_ flags: Flags) throws(PatternFault) -> Flags? {
    var flags = flags
    var isOn = true
    let start = position
    while let scalar = next {
      switch scalar {
      case "i": flags.ignoresCase = isOn
      case "m": flags.dotIsAny = isOn
      case "-" where isOn: isOn = false
      case ":", ")": return position > start ? flags : nil
      case "a"..."z", "A"..."Z":
        throw fault("the flag \"\(scalar)\"", "the flags i and m")
      default: return nil
      }
      position += 1
    }
    return nil
  }

  /// Reads a group behind its parenthesis; nil for a comment.
  mutating func group(_ flags: Flags) throws(PatternFault) -> PatternNode? {
    let start = position - 1
    guard take("?") else { return try closed(flags, from: start) }
    if take(":") { return try closed(flags, from: start) }
    if take("=") { return .ahead(try closed(flags, from: start), isNegated: false) }
    if take("!") { return .ahead(try closed(flags, from: start), isNegated: true) }
    if take(">") { return .atomic(try closed(flags, from: start)) }
    if take("<=") { return try behind(flags, isNegated: false, from: start) }
    if take("<!") { return try behind(flags, isNegated: true, from: start) }
    if take("#") {
      while let scalar = take() { if scalar == ")" { return nil } }
      throw fault("a comment without end", "\")\" after it", at: start)
    }
    if next == "<" || next == "'" {
      try skipName()
      return try closed(flags, from: start)
    }
    if let changed = try changes(flags), take(":") { return try closed(changed, from: start) }
    throw fault(
      "\"(?\(next.map(String.init) ?? "")\"",
      "a group, a look ahead or behind, an atomic group, or the flags i and m", at: start)
  }

  private mutating func closed(_ flags: Flags, from start: Int) throws(PatternFault) -> PatternNode
  {
    let node = try choice(flags)
    guard take(")") else { throw fault("a group without end", "\")\" after it", at: start) }
    return node
  }

  private mutating func behind(
    _ flags: Flags, isNegated: Bool, from start: Int
  ) throws(PatternFault) -> PatternNode {
    let node = try closed(flags, from: start)
    var parts = [node]
    if case .choice(let alternatives) = node { parts = alternatives }
    guard parts.allSatisfy({ ($0.width ?? .max) <= Self.mostRepeats }) else {
      throw fault(
        "a look behind without a fixed width",
        "alternatives of one width each, at most \(Self.mostRepeats)", at: start)
    }
    let looks = parts.map { PatternNode.behind($0, isNegated: isNegated) }
    if looks.count == 1 { return looks[0] }
    return isNegated ? .sequence(looks) : .choice(looks)
  }

  private mutating func skipName() throws(PatternFault) {
    let start = position
    let end: Unicode.Scalar = take() == "<" ? ">" : "'"
    while let scalar = take(),
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_"
    {
      if next == end {
        position += 1
        return
      }
    }
    throw fault("a group's name", "letters, digits and _, then \"\(end)\"", at: start)
  }
}
