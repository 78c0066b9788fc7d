import CleaveStorage
import Testing

@Suite struct SplitMix64Tests {
  /// The first numbers of Vigna's splitmix64.c from the seed 1234567.
  private static let published: [UInt64] = [
    6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
    4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
  ]

  @Test func theSequenceIsAsPublished() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(Self.published.map { _ in random.next() } == Self.published)
  }

  @Test func aCounterGivesTheSequence() {
    let numbers = (0..<5).map { SplitMix64.at(seed: 1_234_567, counter: $0) }
    #expect(numbers == Self.published)
  }

  @Test func numbersBelowABound() {
    var random = SplitMix64(seed: 1)
    let numbers = (0..<1000).map { _ in random.below(7) }
    #expect(Set(numbers) == Set(0..<7))
  }
}
