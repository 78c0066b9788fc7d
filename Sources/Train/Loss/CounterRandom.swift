/// Random numbers that are a function of a seed and a place, so that nothing of a generator has to be
/// saved to go on from there (SplitMix64, Steele et al. 2014).
package struct CounterRandom: RandomNumberGenerator {
  private var state: UInt64

  /// - Parameter place: what the numbers are for, as in an epoch or a step.
  package init(seed: UInt64, _ location: UInt64...) {
    state = Self.mixed(seed)
    for part in location { state = Self.mixed(state ^ Self.mixed(part &+ 0x632B_E59B_D9B4_E019)) }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// In [0, 1).
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
