/// The name among known ones that a misspelt one was probably meant to be.
enum NearestName {
  /// - Returns: nil where none is near.
  static func of(_ name: String, among known: [String]) -> String? {
    let limit = max(1, min(3, name.count / 2))
    let wanted = Array(name.lowercased().replacing("-", with: "_").unicodeScalars.prefix(64))
    let ranked = known.map { (name: $0, distance: distance(wanted, Array($0.unicodeScalars))) }
    return ranked.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
  }

  /// The fewest insertions, deletions, replacements and exchanges of neighbours between two names.
  static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    var (before, last) = ([Int](), Array(0...second.count))
    for (row, letter) in first.enumerated() {
      var next = [row + 1]
      for (column, other) in second.enumerated() {
        var best = min(
          last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, letter == second[column - 1], first[row - 1] == other {
          best = min(best, before[column - 1] + 1)
        }
        next.append(best)
      }
      (before, last) = (last, next)
    }
    return last[second.count]
  }
}
