/// The few largest numbers of a row, kept exactly when the rest is quantized: a model's massive activations
/// (arXiv 2402.17762), beside which a common scale would round the others to 0.
enum Outliers {
  /// Numbers that an index of 16 bits can name.
  private static let nameable = 1 << 16

  /// How many are kept: floor((groups of 32 - 2) / 4), at least 0 and no more than can be named, which leaves 4.5 bits a
  /// number in int4.
  static func count(width: Int) -> Int { min(max(0, ((width + 31) / 32 - 2) / 4), nameable) }

  /// Finds the indices of the largest magnitudes, the first among equals, in rising order, among those
  /// that can be named. The time is in proportion to the numbers: a cloud says how
  /// many a state has.
  static func indices(in row: UnsafeBufferPointer<Float>) -> [Int] {
    let wanted = count(width: row.count)
    guard wanted > 0 else { return [] }
    // The bits of floats without a sign rise as the floats do.
    let magnitudes = row.prefix(nameable).map(\.magnitude.bitPattern)
    let (least, larger) = smallest(ofLargest: wanted, in: magnitudes)
    var equals = wanted - larger
    return magnitudes.indices.filter { index in
      guard magnitudes[index] == least else { return magnitudes[index] > least }
      equals -= 1
      return equals >= 0
    }
  }

  /// The smallest of the `wanted` largest numbers, found byte by byte from the highest on.
  ///
  /// - Returns: the number, and how many are larger, which are fewer than `wanted`.
  private static func smallest(
    ofLargest wanted: Int, in numbers: [UInt32]
  ) -> (number: UInt32, larger: Int) {
    var (number, larger): (UInt32, Int) = (0, 0)
    for shift: UInt32 in [24, 16, 8, 0] {
      var counts = [Int](repeating: 0, count: 256)
      for other in numbers where UInt64(other ^ number) >> (shift + 8) == 0 {
        counts[Int(other >> shift & 0xFF)] += 1
      }
      var byte = 255
      while byte > 0, larger + counts[byte] < wanted {
        larger += counts[byte]
        byte -= 1
      }
      number |= UInt32(byte) << shift
    }
    return (number, larger)
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
