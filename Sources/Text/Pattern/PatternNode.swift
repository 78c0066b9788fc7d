/// A part of a regular expression.
indirect enum PatternNode: Sendable, Hashable {
  /// One scalar of the set.
  case set(ScalarSet)
  case sequence([PatternNode])
  /// The first of them that leads to a match.
  case choice([PatternNode])
  case repeated(PatternNode, least: Int, most: Int?, isLazy: Bool)
  /// What follows must match, or must not; nothing is consumed.
  case ahead(PatternNode, isNegated: Bool)
  case behind(PatternNode, isNegated: Bool)
  /// The first match is kept even if what follows does not match then.
  case atomic(PatternNode)
  case anchor(PatternAnchor)

  static let empty = PatternNode.sequence([])
}

extension PatternNode {
  /// Whether the part can match without consuming anything.
  var isNullable: Bool {
    switch self {
    case .set: false
    case .sequence(let parts): parts.allSatisfy(\.isNullable)
    case .choice(let parts): parts.contains(where: \.isNullable)
    case .repeated(let part, let least, _, _): least == 0 || part.isNullable
    case .atomic(let part): part.isNullable
    case .ahead, .behind, .anchor: true
    }
  }

  /// How many scalars every match has; nil if not all have the same number.
  var width: Int? {
    switch self {
    case .set: return 1
    case .sequence(let parts):
      var sum = 0
      for part in parts {
        guard let width = part.width else { return nil }
        sum += width
      }
      return sum
    case .choice(let parts):
      guard let first = parts.first?.width else { return nil }
      return parts.allSatisfy { $0.width == first } ? first : nil
    case .repeated(let part, let least, let most, _):
      guard most == least, let width = part.width else { return nil }
      return width.multipliedReportingOverflow(by: least).partialValue
    case .atomic(let part): return part.width
    case .ahead, .behind, .anchor: return 0
    }
  }
}
