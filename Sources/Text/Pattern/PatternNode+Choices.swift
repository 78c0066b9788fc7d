extension PatternNode {
  /// The most choices that a match of the part can leave to be made otherwise, for each character it has. It counts
  /// the places with a choice, of those in alternatives the most of one, and stops at a million.
  var keptChoices: Int {
    switch self {
    case .set, .anchor, .ahead, .behind: return 0
    case .sequence(let parts): return Self.limited(parts.reduce(0) { $0 + $1.keptChoices })
    case .choice(let parts):
      return Self.limited(parts.count - 1 + (parts.map(\.keptChoices).max() ?? 0))
    case .repeated(let part, let least, let most, _):
      // Each time has a character, or else the times are what they are written out.
      let (own, inside) = (most == least ? 0 : 1, part.keptChoices)
      guard let most, part.isNullable else { return Self.limited(inside + own) }
      return Self.limited(most * (inside + own))
    // Groups keep nothing once they are matched, but for runs of one set.
    case .atomic: return 1
    }
  }

  private static func limited(_ choices: Int) -> Int { min(choices, 1_000_000) }
}
