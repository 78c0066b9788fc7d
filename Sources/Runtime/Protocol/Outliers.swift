/// The few numbers of a row that are kept apart when the rest is quantized: a model's massive activations
/// (arXiv 2402.17762), beside which a common scale leaves nothing of the others.
enum Outliers {
  /// As many as leave 4.5 bits for each number in int4: floor((groups of 32 - 2) / 4), at least 0.
  static func count(width: Int) -> Int { max(0, ((width + 31) / 32 - 2) / 4) }

  /// The indices of the largest magnitudes, the first among equals, in rising order. An index has 16 bits:
  /// what comes after 65536 numbers is never apart.
  static func indices(in row: UnsafeBufferPointer<Float>) -> [Int] {
    var magnitudes = row.prefix(1 << 16).map(\.magnitude)
    var indices: [Int] = []
    for _ in 0..<count(width: row.count) {
      var best = 0
      for index in magnitudes.indices where magnitudes[index] > magnitudes[best] { best = index }
      indices.append(best)
      magnitudes[best] = -1
    }
    return indices.sorted()
  }

  /// - Throws: for an index that is none, or not above the one before.
  static func check(_ index: Int, from next: Int, width: Int) throws(MessageError) {
    guard index >= next, index < width else {
      throw MessageError("number \(index) of a state apart; expected \(next) ..< \(width)")
    }
  }
}
