import CleaveStorage
import CleaveTrain
import Testing

/// The places where the cloud is asked in texts of training.
@Suite struct FeedbackDrawTests {
  private func counts(_ draw: FeedbackDraw, seed: UInt64, length: Int = 200, prompt: Int = 40)
    -> [Int]
  {
    var random = CounterRandom(seed: seed)
    return draw.counts(length: length, promptLength: prompt, &random)
  }

  /// Nothing comes back before a token of the answer is decided, rows read only what was there before them, and the
  /// places of asking are whole: what has come back stays.
  @Test func rowsReadWhatHasComeBack() {
    for seed in 0..<20 {
      let counts = counts(FeedbackDraw(askRate: 0.4), seed: UInt64(seed))
      #expect(counts[..<40].allSatisfy { $0 == 0 })
      #expect(zip(counts, counts.dropFirst()).allSatisfy(<=))
      // After an answer for position P, row P reads P positions.
      #expect(counts.enumerated().allSatisfy { $0.element == 0 || $0.element <= $0.offset })
      #expect(Set(counts).subtracting([0]).allSatisfy { $0 >= 40 && counts[$0] == $0 })
    }
  }

  @Test func theRateIsThatAskedFor() {
    let asked = (0..<50).reduce(0) { sum, seed in
      sum + Set(counts(FeedbackDraw(askRate: 0.25), seed: UInt64(seed))).count - 1
    }
    #expect((0.2...0.3).contains(Double(asked) / Double(50 * 160)))
    #expect(counts(FeedbackDraw(askRate: 0), seed: 1).allSatisfy { $0 == 0 })
    #expect(
      counts(FeedbackDraw(askRate: 1), seed: 1)[41...].enumerated().allSatisfy {
        $0.element == $0.offset + 41
      })
  }

  @Test func someTextsGetNothingBack() {
    let alone = (0..<400).count { counts(FeedbackDraw(), seed: UInt64($0)).allSatisfy { $0 == 0 } }
    #expect((80...160).contains(alone))
    #expect(counts(FeedbackDraw(), seed: 3) == counts(FeedbackDraw(), seed: 3))
  }
}
