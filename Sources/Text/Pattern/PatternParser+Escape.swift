extension PatternParser {
  enum Escape {
    case literal(UInt32)
    case node(PatternNode)
  }

  /// Reads what follows a backslash at `start` outside of brackets.
  mutating func escape(from start: Int) throws(PatternFault) -> Escape {
    switch next {
    case "A": return place(.textStart)
    case "z": return place(.textEnd)
    case "Z": return place(.lastLineEnd)
    case "b": return place(.wordBoundary)
    case "B": return place(.noWordBoundary)
    case "N":
      position += 1
      return .node(.set(UnicodeSets.newline.inverted))
    case "O":
      position += 1
      return .node(.set(.all))
    case "R":
      position += 1
      let pair = PatternNode.sequence([.set(ScalarSet(13)), .set(ScalarSet(10))])
      let single = ScalarSet(ranges: [10..<14, 0x85..<0x86, 0x2028..<0x202A])
      return .node(.atomic(.choice([pair, .set(single)])))
    default: break
    }
    if let set = try setEscape(from: start) { return .node(.set(set)) }
    return .literal(try literalEscape(from: start))
  }

  private mutating func place(_ anchor: PatternAnchor) -> Escape {
    position += 1
    return .node(.anchor(anchor))
  }

  /// Reads the name of a set behind a backslash; nil, with nothing taken, if there is none.
  mutating func setEscape(from start: Int) throws(PatternFault) -> ScalarSet? {
    let set: ScalarSet
    switch next {
    case "d": set = UnicodeSets.digit
    case "D": set = UnicodeSets.digit.inverted
    case "w": set = UnicodeSets.word
    case "W": set = UnicodeSets.word.inverted
    case "s": set = UnicodeSets.space
    case "S": set = UnicodeSets.space.inverted
    case "h": set = UnicodeSets.hexadecimal
    case "H": set = UnicodeSets.hexadecimal.inverted
    case "p", "P": return try property(from: start)
    default: return nil
    }
    position += 1
    return set
  }

  private mutating func property(from start: Int) throws(PatternFault) -> ScalarSet {
    var isNegated = take() == "P"
    guard take("{") else { throw fault("\\p without a brace", "\\p{NAME}", at: start) }
    if take("^") { isNegated.toggle() }
    var name = ""
    while let scalar = take(), scalar != "}" { name.unicodeScalars.append(scalar) }
    guard let set = UnicodeSets.property(name) else {
      throw fault(
        "\\p{\(name.prefix(40))}", "a general category, a script or a class that is known",
        at: start)
    }
    return isNegated ? set.inverted : set
  }

  /// Reads a character behind a backslash at `start`.
  mutating func literalEscape(from start: Int) throws(PatternFault) -> UInt32 {
    guard let scalar = take() else { throw fault("a backslash at the end", "more", at: start) }
    switch scalar {
    case "t": return 9
    case "n": return 10
    case "v": return 11
    case "f": return 12
    case "r": return 13
    case "a": return 7
    case "e": return 27
    case "x":
      if take("{") {
        let value = try hexadecimal(digits: 1...8, from: start)
        guard take("}") else { throw fault("\\x{ without end", "\"}\" after it", at: start) }
        return value
      }
      let value = try hexadecimal(digits: 1...2, from: start)
      guard value < 0x80 else {
        throw fault("\\x of a byte that is no ASCII", "\\x{NUMBER}", at: start)
      }
      return value
    case "u": return try hexadecimal(digits: 4...4, from: start)
    case "0"..."9", "a"..."z", "A"..."Z":
      throw fault("\\\(scalar)", "an escape that is known", at: start)
    default: return scalar.value
    }
  }

  private mutating func hexadecimal(
    digits: ClosedRange<Int>, from start: Int
  ) throws(PatternFault) -> UInt32 {
    var value: UInt64 = 0
    var count = 0
    while count < digits.upperBound, let scalar = next,
      let digit = UInt64(String(scalar), radix: 16)
    {
      value = value << 4 | digit
      count += 1
      position += 1
    }
    guard count >= digits.lowerBound, value < UInt64(ScalarSet.limit) else {
      throw fault("the number of a character", "hexadecimal digits, at most 10FFFF", at: start)
    }
    return UInt32(value)
  }
}
