/// What `(?i:)` takes for equal. A scalar that equals a text of several (`ß` and `ss`) is known here so
/// that patterns which depend on it can be refused.
enum CaseFolding {
  /// The scalars that equal `scalar`, itself among them.
  static func orbit(of scalar: UInt32) -> [UInt32] {
    members[scalar].map { orbits[$0] } ?? [scalar]
  }

  /// A scalar that stands for all that equal `scalar`.
  static func representative(of scalar: UInt32) -> UInt32 { orbit(of: scalar)[0] }

  /// The set with all that equal its members.
  static func closure(_ set: ScalarSet) -> ScalarSet {
    let added = orbits.filter { $0.contains(where: set.contains) }.joined()
    return set.union(ScalarSet(added))
  }

  /// The scalars that also equal a text of several.
  static let foldedScalars = PackedSets(UnicodeTables.foldedScalars).sets[""] ?? .empty

  /// The texts of several scalars that equal a single one, in representatives.
  static let foldedTexts: [[UInt32]] = UnicodeTables.foldedTexts.split(
    whereSeparator: \.isWhitespace
  ).map { text in
    text.split(separator: "+").map { representative(of: UInt32($0, radix: 36) ?? 0) }
  }

  private static let orbits: [[UInt32]] = {
    var orbits: [[UInt32]] = []
    for word in UnicodeTables.orbits.split(whereSeparator: \.isWhitespace) {
      if word.hasPrefix("+"), let first = orbits.last?.first {
        orbits[orbits.count - 1].append(first + (UInt32(word.dropFirst(), radix: 36) ?? 0))
      } else {
        orbits.append([UInt32(word, radix: 36) ?? 0])
      }
    }
    return orbits
  }()

  private static let members: [UInt32: Int] = {
    var members: [UInt32: Int] = [:]
    for (index, orbit) in orbits.enumerated() { for scalar in orbit { members[scalar] = index } }
    return members
  }()
}
