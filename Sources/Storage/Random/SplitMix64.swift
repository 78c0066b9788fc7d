/// The seeded pseudo-random generator SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
/// pseudorandom number generators"): the same numbers on every machine.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  /// The distance of two states that follow one another: 2^64 over the golden ratio.
  @usableFromInline static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mixed(state)
  }

  /// A number in `0..<bound`, which is far below 2^64: its bias is below `bound / 2^64`.
  package mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number of the sequence without those before it.
  ///
  /// - Parameter counter: 0 for what `next()` gives first.
  @inlinable
  package static func at(seed: UInt64, counter: UInt64) -> UInt64 {
    mixed(seed &+ (counter &+ 1) &* step)
  }

  /// The generator's output function, a bijection of 64 bits that spreads every bit of its input.
  @inlinable
  package static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
