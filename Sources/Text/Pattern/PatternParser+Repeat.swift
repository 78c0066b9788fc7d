extension PatternParser {
  /// Reads the repeats after `part`, which begins at `start`.
  mutating func repeats(
    _ part: PatternNode, from start: Int
  ) throws(PatternFault) -> PatternNode {
    var part = part
    var isRepeated = false
    while let scalar = next {
      let place = position
      let bounds: (least: Int, most: Int?)
      var isInterval = false
      switch scalar {
      case "?": bounds = (0, 1)
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "{":
        guard let read = try interval() else { return part }
        bounds = read
        isInterval = true
      default: return part
      }
      if !isInterval { position += 1 }
      guard !isRepeated else {
        throw fault("a repeat of a repeat", "a group around the inner one", at: place)
      }
      part = try self.repeated(part, bounds, isInterval: isInterval, at: place)
      isRepeated = !isInterval || part.isLazyRepeat
    }
    return part
  }

  private mutating func repeated(
    _ part: PatternNode, _ bounds: (least: Int, most: Int?), isInterval: Bool, at place: Int
  ) throws(PatternFault) -> PatternNode {
    switch part {
    case .anchor, .ahead, .behind:
      throw fault("a repeat of a place", "a repeat of characters", at: place)
    default: break
    }
    guard bounds.most != nil || !part.isNullable else {
      throw fault(
        "an unlimited repeat of what can be empty", "a repeat of what has a character", at: place)
    }
    guard bounds.most != nil || part.keptChoices <= Self.mostRepeatedChoices else {
      throw fault(
        "an unlimited repeat of what has \(part.keptChoices) places with a choice",
        "at most \(Self.mostRepeatedChoices)", at: place)
    }
    let (least, most) = bounds
    let greedy = PatternNode.repeated(part, least: least, most: most, isLazy: false)
    if isInterval, least == most {
      // A fixed number is never lazy: the question mark makes it optional.
      return take("?") ? .repeated(greedy, least: 0, most: 1, isLazy: false) : greedy
    }
    if take("?") { return .repeated(part, least: least, most: most, isLazy: true) }
    return !isInterval && take("+") ? .atomic(greedy) : greedy
  }

  /// Reads `{n}`, `{n,}`, `{,m}` or `{n,m}`; nil, with nothing taken, if the brace begins none of them.
  mutating func interval() throws(PatternFault) -> (least: Int, most: Int?)? {
    let start = position
    guard take("{") else { return nil }
    let least = number()
    var most = least
    let hasComma = take(",")
    if hasComma { most = number() }
    guard least != nil || most != nil, take("}") else {
      position = start
      return nil
    }
    guard max(least ?? 0, most ?? 0) <= Self.mostRepeats else {
      throw fault(
        "a repeat of more than \(Self.mostRepeats)", "at most \(Self.mostRepeats)", at: start)
    }
    guard (least ?? 0) <= most ?? .max else {
      throw fault("a repeat of at least more than at most", "bounds in order", at: start)
    }
    return (least ?? 0, hasComma ? most : least)
  }

  /// Reads decimal digits; a number too large for anything counts as a large one.
  private mutating func number() -> Int? {
    var value: Int?
    while let digit = next, ("0"..."9").contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 0x30), 1_000_000)
      position += 1
    }
    return value
  }
}

extension PatternNode {
  fileprivate var isLazyRepeat: Bool {
    if case .repeated(_, _, _, let isLazy) = self { isLazy } else { false }
  }
}
