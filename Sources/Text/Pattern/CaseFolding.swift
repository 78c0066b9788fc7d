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
    if let single = set.single { return ScalarSet(orbit(of: single)) }
    var isMet = [Bool](repeating: false, count: orbits.count)
    var others: [(scalar: UInt32, orbit: Int)] = []
    var place = 0
    // Both ascend: to look each scalar up would be slow for a pattern of many sets.
    for (scalar, orbit) in cased {
      while place < set.bounds.count, set.bounds[place] <= scalar { place += 1 }
      if place.isMultiple(of: 2) { others.append((scalar, orbit)) } else { isMet[orbit] = true }
    }
    return set.union(ScalarSet(others.filter { isMet[$0.orbit] }.map(\.scalar)))
  }

  /// The scalars that also equal a text of several.
  static let foldedScalars = PackedSets(UnicodeTables.foldedScalars).sets[""] ?? .empty

  /// Whether scalars, as representatives, end with a text of several that equals a single one.
  static func isTextFolded(endOf scalars: [UInt32]) -> Bool {
    guard let last = scalars.last, let texts = foldedTexts[last] else { return false }
    return texts.contains { scalars.suffix($0.count).elementsEqual($0) }
  }

  /// The most scalars of a text that equals a single one.
  static let longestText = foldedTexts.values.joined().map(\.count).max() ?? 1

  /// The texts of several scalars that equal a single one, in representatives, by their last.
  private static let foldedTexts: [UInt32: [[UInt32]]] = {
    let texts = UnicodeTables.foldedTexts.split(whereSeparator: \.isWhitespace).map { text in
      text.split(separator: "+").map { representative(of: UInt32($0, radix: 36) ?? 0) }
    }
    return Dictionary(grouping: texts) { $0.last ?? 0 }
  }()

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

  /// The scalars that equal others, ascending.
  private static let cased: [(scalar: UInt32, orbit: Int)] =
    members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }

  private static let members: [UInt32: Int] = {
    var members: [UInt32: Int] = [:]
    for (index, orbit) in orbits.enumerated() { for scalar in orbit { members[scalar] = index } }
    return members
  }()
}
