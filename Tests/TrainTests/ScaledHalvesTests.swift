import CleaveTrain
import Testing

/// States as captures keep them.
@Suite struct ScaledHalvesTests {
  private func kept(_ states: [Float], hidden: Int) throws -> (ScaledHalves, [Float]) {
    var halves = ScaledHalves()
    let isFinite = halves.append(states[...], hidden: hidden)
    try #require(isFinite)
    return (halves, halves.widened(hidden: hidden))
  }

  @Test func statesInRangeAreFloat16() throws {
    let states: [Float] = [1, -0.1, 65504, 0x1p-24, 3, -65504, 0, 0.3333]
    let (halves, back) = try kept(states, hidden: 4)
    #expect(halves.exponents == [0, 0])
    #expect(back == states.map { Float(Float16($0)) })
  }

  /// The residual stream of Gemma 3 has numbers of a hundred thousand beside small ones.
  @Test func largePositionsHaveAPowerOfTwo() throws {
    let states: [Float] = [65505, 1, 2, -3, 0.5, 0.25, 1, 1, -131_072, 4, 8, 100_000]
    let (halves, back) = try kept(states, hidden: 4)
    #expect(halves.exponents == [1, 0, 2])
    for (found, expected) in zip(back, states) {
      #expect(abs(found - expected) <= abs(expected) * 0x1p-11)
    }
  }

  @Test func theLargestStatesFit() throws {
    let (halves, back) = try kept([0x1.ff8p127, 1], hidden: 2)
    #expect(halves.exponents == [ScaledHalves.highestExponent - 1])
    #expect(back == [0x1.ff8p127, 0])
  }

  @Test(arguments: [Float.infinity, -.infinity, .nan, .greatestFiniteMagnitude])
  func whatIsNotFiniteIsRefused(_ bad: Float) {
    var halves = ScaledHalves()
    let isFinite = halves.append([1, 2, 3, bad], hidden: 2)
    #expect(!isFinite)
    #expect(halves.positions == 0 && halves.halves.isEmpty)
  }

  @Test func cuttingDropsPositions() throws {
    var (halves, _) = try kept([1, 2, 131_072, 4, 5, 6], hidden: 2)
    halves.cut(to: 2, hidden: 2)
    #expect(halves.exponents == [0, 2])
    #expect(halves.widened(hidden: 2) == [1, 2, 131_072, 4])
    halves.cut(to: 5, hidden: 2)
    #expect(halves.positions == 2)
  }
}
