import CleaveKernels

/// Hidden states as a capture keeps them: float16 numbers, and for each position the power of two
/// that they are multiplied with. It is 1 but for positions with a state beyond float16's range, as
/// the residual stream of Gemma 3 has them.
package struct ScaledHalves: Equatable, Sendable {
  /// `[positions, hidden]`, as float16.
  package private(set) var halves: [UInt16] = []
  /// The exponent of each position's power of two: `[positions]`, at least 0.
  package private(set) var exponents: [UInt8] = []

  /// The most that a float16 holds.
  private static let largest: Float = 65504
  /// The exponent that the largest float32 needs.
  package static let highestExponent: UInt8 = 113

  package init() {}

  /// - Returns: nil where a position is not finite.
  package init?(halves: [UInt16], exponents: [UInt8]) {
    guard halves.reduce(0, { max($0, $1 & 0x7FFF) }) < 0x7C00 else { return nil }
    self.halves = halves
    self.exponents = exponents
  }

  package var positions: Int { exponents.count }

  mutating func reserve(positions: Int, hidden: Int) {
    halves.reserveCapacity(positions * hidden)
    exponents.reserveCapacity(positions)
  }

  /// Rounds the states of the positions that follow, each to the nearest float16 after division by
  /// its power of two.
  ///
  /// - Parameter states: `[positions, hidden]`.
  /// - Returns: false, with nothing appended, where a state is infinite or not a number.
  package mutating func append(_ states: ArraySlice<Float>, hidden: Int) -> Bool {
    var scaled = states
    var powers: [UInt8] = []
    for start in stride(from: states.startIndex, to: states.endIndex, by: hidden) {
      let row = start..<start + hidden
      guard let exponent = Self.exponent(of: states[row]) else { return false }
      powers.append(exponent)
      if exponent == 0 { continue }
      let factor = Float(sign: .plus, exponent: -Int(exponent), significand: 1)
      for index in row { scaled[index] *= factor }
    }
    exponents += powers
    halves += Self.narrowed(scaled)
    return true
  }

  /// The states in float32: `[positions, hidden]`.
  package func widened(hidden: Int) -> [Float] {
    var states = [Float](unsafeUninitializedCapacity: halves.count) { buffer, count in
      ck_dequantize(CK_F16, halves, buffer.baseAddress, halves.count)
      count = halves.count
    }
    for (position, exponent) in exponents.enumerated() where exponent > 0 {
      let factor = Float(sign: .plus, exponent: Int(exponent), significand: 1)
      for index in position * hidden..<(position + 1) * hidden { states[index] *= factor }
    }
    return states
  }

  /// Drops the positions from this one on.
  package mutating func cut(to length: Int, hidden: Int) {
    exponents.removeLast(max(0, exponents.count - length))
    halves.removeLast(max(0, halves.count - length * hidden))
  }

  /// The least exponent whose power of two brings every state into float16's range; nil where a state
  /// is not finite, or so near the largest float that its rounding is not.
  private static func exponent(of states: ArraySlice<Float>) -> UInt8? {
    // Above the bound, rounding would give 2^128, which is infinite.
    guard states.allSatisfy({ $0.magnitude < 0x1.ffcp127 }) else { return nil }
    let most = states.reduce(0) { max($0, $1.magnitude) }
    guard most > largest else { return 0 }
    let exponent = most.exponent - 15
    let fits = most * Float(sign: .plus, exponent: -exponent, significand: 1) <= largest
    return UInt8(fits ? exponent : exponent + 1)
  }

  /// The values rounded to the nearest float16.
  private static func narrowed(_ values: ArraySlice<Float>) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
      values.withUnsafeBufferPointer {
        ck_narrow($0.baseAddress, buffer.baseAddress, $0.count)
      }
      count = values.count
    }
  }
}
