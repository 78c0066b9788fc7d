import CleaveRuntime
import Testing

@Suite struct SamplingTests {
  private let logits: [Float] = [0, 2, 1, -1, 2]

  private func histogram(_ sampling: Sampling, draws: Int = 20_000) throws -> [Double] {
    var counts = [Double](repeating: 0, count: logits.count)
    for position in 0..<draws { counts[try sampling.choose(from: logits, position: position)] += 1 }
    return counts.map { $0 / Double(draws) }
  }

  @Test func zeroTemperatureTakesTheLowestOfTheMostProbable() throws {
    #expect(try Sampling.greedy.choose(from: logits, position: 3) == 1)
    #expect(try Sampling(temperature: 1, topK: 1).choose(from: logits, position: 3) == 1)
  }

  /// Against probabilities computed by hand: softmax([0, 2, 1, -1, 2] / 2).
  @Test func drawsFollowTheSoftmax() throws {
    let expected = [0.1249, 0.3395, 0.2059, 0.0757, 0.3395].map { $0 / 1.0855 }
    let found = try histogram(Sampling(temperature: 2, seed: 11))
    for (left, right) in zip(found, expected) { #expect(abs(left - right) < 0.015) }
  }

  @Test func topKAndTopPKeepOnlyTheMostProbable() throws {
    let topK = try histogram(Sampling(temperature: 1, topK: 3, seed: 1))
    #expect(topK[0] == 0 && topK[3] == 0 && topK[2] > 0)
    // The two 2s hold 0.394 each: 0.7 needs both, 0.3 only the first.
    let both = try histogram(Sampling(temperature: 1, topP: 0.7, seed: 1))
    #expect(both[1] + both[4] == 1 && both[4] > 0.4)
    #expect(try histogram(Sampling(temperature: 1, topP: 0.3, seed: 1))[1] == 1)
  }

  @Test func theSeedAndThePositionDecide() throws {
    func draws(_ seed: UInt64) throws -> [Int] {
      try (0..<64).map {
        try Sampling(temperature: 1, seed: seed).choose(from: logits, position: $0)
      }
    }
    let (once, again, other) = (try draws(5), try draws(5), try draws(6))
    #expect(once == again)
    #expect(once != other)
  }
}
