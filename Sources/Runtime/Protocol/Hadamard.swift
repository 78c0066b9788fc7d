import CleaveStorage

/// A fixed rotation that spreads a few large numbers of a row over many: signs, then a Walsh-Hadamard
/// transform of each block. Orthonormal, so that errors keep their size.
///
/// The inverse is exact but for float32 rounding. QuaRot (arXiv 2404.00456) rotates activations alike.
package struct Hadamard: Sendable {
  /// The seed of the signs: "cleave", in ASCII.
  static let seed: UInt64 = 0x636C_6561_7665

  /// The largest power of two that divides the width.
  package let block: Int
  /// Each 1 / sqrt(block) or its negative.
  private let factors: [Float]

  package init(width: Int) {
    precondition(width > 0)
    block = width & -width
    let norm = 1 / Float(block).squareRoot()
    factors = (0..<width).map { Self.isNegative($0) ? -norm : norm }
  }

  /// The sign of a factor: the top bit of the seed's random number.
  private static func isNegative(_ index: Int) -> Bool {
    SplitMix64.at(seed: seed, counter: UInt64(index)) >> 63 == 1
  }

  /// `row`: `[width]`, changed in place.
  package func rotate(_ row: UnsafeMutableBufferPointer<Float>) {
    scale(row)
    transform(row)
  }

  package func rotateBack(_ row: UnsafeMutableBufferPointer<Float>) {
    transform(row)
    scale(row)
  }

  private func scale(_ row: UnsafeMutableBufferPointer<Float>) {
    precondition(row.count == factors.count)
    for index in row.indices { row[index] *= factors[index] }
  }

  /// Butterflies of width 1, 2, 4, ...: sums and differences in that order, so that all compute the same.
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
