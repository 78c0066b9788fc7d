extension TemplateValue: Equatable {
  /// Python's `==`: numbers and booleans compare by value, strings by their scalars without Unicode
  /// equivalence.
  static func == (left: Self, right: Self) -> Bool {
    if let one = left.number, let other = right.number { return one == other }
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let one), .string(let other)): return one.isSame(other)
    case (.list(let one, let isTuple), .list(let other, let isOtherTuple)):
      return isTuple == isOtherTuple && one == other
    case (.dictionary(let one), .dictionary(let other)):
      return one.members.count == other.members.count
        && one.members.allSatisfy { other[$0.key] == $0.value }
    case (.namespace(let one), .namespace(let other)): return one == other
    case (.macro(let one), .macro(let other)): return one == other
    default: return false
    }
  }

  var number: Double? {
    switch self {
    case .bool(let flag): flag ? 1 : 0
    case .integer(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }

  /// Whether the value comes before `other`; nil for types that Python does not order.
  func precedes(_ other: TemplateValue) -> Bool? {
    switch (self, other) {
    case (.string(let one), .string(let other)):
      return one.unicodeScalars.lexicographicallyPrecedes(other.unicodeScalars)
    case (.list(let one, _), .list(let other, _)):
      for (a, b) in zip(one, other) where a != b { return a.precedes(b) }
      return one.count < other.count
    default:
      guard let one = number, let other = other.number else { return nil }
      return one < other
    }
  }
}
