import CleaveStorage

/// A fixed rotation that spreads a few large numbers of a row over many: random signs, then a Walsh-Hadamard
/// transform of each block. It is orthonormal, so errors keep their size; the inverse is exact but for float32
/// rounding. QuaRot (arXiv 2404.00456) rotates activations in the same way.
package struct Hadamard: Sendable {
  /// The seed of the signs: "cleave", in ASCII.
  static let seed: UInt64 = 0x636C_6561_7665

  /// The largest power of two that divides the width.
  package let block: Int
  /// A sign for each number, times 1 / sqrt(block): `[width]`.
  private let factors: [Float]

  package init(width: Int) {
    precondition(width > 0)
    block = width & -width
    let norm = 1 / Float(block).squareRoot()
    factors = (0..<width).map { Self.isNegative($0) ? -norm : norm }
  }

  /// The sign of a factor: the top bit of a random number at a counter.
  private static func isNegative(_ index: Int) -> Bool {
    SplitMix64.at(seed: seed, counter: UInt64(index)) >> 63 == 1
  }

  /// Rotates a row in place.
  ///
  /// - Parameter row: `[width]`.
  package func rotate(_ row: UnsafeMutableBufferPointer<Float>) {
    scale(row)
    transform(row)
  }

  /// Reverses `rotate`, in place.
  ///
  /// - Parameter row: `[width]`.
  package func rotateBack(_ row: UnsafeMutableBufferPointer<Float>) {
    transform(row)
    scale(row)
  }

  private func scale(_ row: UnsafeMutableBufferPointer<Float>) {
    precondition(row.count == factors.count)
    for index in row.indices { row[index] *= factors[index] }
  }

  /// Applies butterflies of width 1, 2, 4, ...: a sum, then a difference, so that every machine computes the same.
  private func transform(_ row: UnsafeMutableBufferPointer<Float>) {
    var half = 1
    while half < block {
      for start in stride(from: 0, to: row.count, by: 2 * half) {
        for index in start..<(start + half) {
          let (low, high) = (row[index], row[index + half])
          row[index] = low + high
          row[index + half] = low - high
        }
      }
      half *= 2
    }
  }
}
