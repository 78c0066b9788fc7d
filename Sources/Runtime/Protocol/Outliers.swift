/// The few largest numbers of a row, kept exactly when the rest is quantized: a model's massive activations
/// (arXiv 2402.17762), beside which a common scale would round the others to 0.
enum Outliers {
  /// How many are kept: floor((groups of 32 - 2) / 4), at least 0, which leaves 4.5 bits a number in int4.
  static func count(width: Int) -> Int { max(0, ((width + 31) / 32 - 2) / 4) }

  /// Finds the indices of the largest magnitudes, the first among equals, in rising order. An index has 16
  /// bits, so only the first 65536 numbers are considered.
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

  /// Checks an index that was read.
  ///
  /// - Throws: `MessageError` unless it is in `next ..< width`.
  static func check(_ index: Int, from next: Int, width: Int) throws(MessageError) {
    guard index >= next, index < width else {
      throw MessageError("an outlier at index \(index) of a state; expected \(next) ..< \(width)")
    }
  }
}
