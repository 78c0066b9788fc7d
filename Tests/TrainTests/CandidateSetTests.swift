import CleaveStorage
import CleaveTrain
import Glibc
import TestSupport
import Testing

/// Which tokens a loss is computed over.
@Suite struct CandidateSetTests {
  private var teacher: TeacherTargets {
    var teacher = TeacherTargets(count: 3)
    teacher.tokens = [5, 2, 9, 7, 5, 2]
    teacher.logits = [3, 2, 1, 3, 2, 1]
    teacher.weights = [1, 1]
    return teacher
  }

  private func candidates(
    _ negatives: Int?, vocabulary: Int = 50, location: UInt64 = 0
  ) -> CandidateSet {
    var random = CounterRandom(seed: 1, location)
    return CandidateSet(teacher, vocabulary: vocabulary, negatives: negatives, &random)
  }

  @Test func theTeachersTokensThenSamplesOfTheRest() {
    let set = candidates(10)
    #expect(set.named == 4 && Array(set.tokens[..<4]) == [2, 5, 7, 9])
    #expect(set.columns == [1, 0, 3, 2, 1, 0])
    let samples = set.tokens[4...]
    #expect(samples.count == 10 && Set(samples).count == 10)
    #expect(samples.allSatisfy { (0..<50).contains($0) && ![2, 5, 7, 9].contains($0) })
    #expect(abs(set.correction - Float(log(4.6))) < 1e-6)
    #expect(candidates(10).tokens == set.tokens)
    #expect(candidates(10, location: 1).tokens != set.tokens)
  }

  @Test func allOrNothingOfTheRest() {
    for negatives in [46, 47, 1_000_000] {
      let all = candidates(negatives)
      #expect(all.named == 4 && all.tokens.count == 50 && Set(all.tokens).count == 50)
      #expect(all.correction == 0)
    }
    let whole = candidates(nil)
    #expect(whole.tokens == Array(0..<50) && whole.named == 50 && whole.correction == 0)
    #expect(whole.columns == teacher.tokens.map(UInt32.init))
    #expect(candidates(0).tokens == [2, 5, 7, 9])
  }

  /// Every other token is drawn as often as every other, and any two together.
  @Test func samplesAreEven() {
    var counts = [Int](repeating: 0, count: 50)
    var together = 0
    for location in 0..<4000 {
      let samples = candidates(10, location: UInt64(location)).tokens[4...]
      for token in samples { counts[token] += 1 }
      if samples.contains(0), samples.contains(49) { together += 1 }
    }
    // 4000 draws of 10 in 46: 870, standard deviation 26; 10 * 9 / (46 * 45) of them both: 174, 13.
    for token in 0..<50 where ![2, 5, 7, 9].contains(token) {
      #expect((740...1000).contains(counts[token]), "\(token)")
    }
    #expect((109...239).contains(together))
  }

  @Test func randomNumbersAreSplitMix64() {
    var judge = SplitMix64(seed: 77 &- 0x9E37_79B9_7F4A_7C15)
    judge = SplitMix64(seed: judge.next())
    var random = CounterRandom(seed: 77)
    for _ in 0..<20 { #expect(random.next() == judge.next()) }
  }

  @Test func randomNumbersAreAFunctionOfSeedAndPlace() {
    func first(_ random: CounterRandom) -> UInt64 {
      var random = random
      return random.next()
    }
    let all = [
      first(.init(seed: 1)), first(.init(seed: 2)), first(.init(seed: 1, 0)),
      first(.init(seed: 1, 1)), first(.init(seed: 1, 0, 1)), first(.init(seed: 1, 1, 0)),
      first(.init(seed: 0)), first(.init(seed: 0, 0)), first(.init(seed: 0, 0, 0)),
    ]
    #expect(Set(all).count == all.count)
    #expect(first(.init(seed: 1, 0, 1)) == all[4])
    var random = CounterRandom(seed: 9)
    let values = (0..<10_000).map { _ in random.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    // Standard error 0.0029.
    #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.015)
  }
}
