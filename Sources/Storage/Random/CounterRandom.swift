/// A random generator whose numbers are a function of a seed and of what they are for, so that no state
/// of it has to be saved to go on from there.
package struct CounterRandom: RandomNumberGenerator, Sendable {
  private var generator: SplitMix64

  /// - Parameter location: what the numbers are for, as in an epoch and a step.
  package init(seed: UInt64, _ location: UInt64...) {
    var state = SplitMix64.mixed(seed)
    for part in location {
      state = SplitMix64.mixed(state ^ SplitMix64.mixed(part &+ 0x632B_E59B_D9B4_E019))
    }
    generator = SplitMix64(seed: state)
  }

  package mutating func next() -> UInt64 { generator.next() }

  /// A number in [0, 1).
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
