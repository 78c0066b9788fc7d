import CleaveEvaluate
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Compares distributions over a vocabulary with their definitions in double precision.
@Suite struct LogitsRowTests {
  private static func logits(_ count: Int, seed: UInt64, scale: Float) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float.random(in: -scale...scale, using: &random) }
  }

  private static func logProbabilities(_ logits: [Float]) -> [Double] {
    let sum = logits.reduce(0) { $0 + exp(Double($1)) }
    return logits.map { Double($0) - log(sum) }
  }

  private static func with<Result>(
    _ one: [Float], _ other: [Float], _ body: (LogitsRow, LogitsRow) throws -> Result
  ) throws -> Result {
    try one.withUnsafeBufferPointer { one in
      try other.withUnsafeBufferPointer { other in
        try body(try #require(LogitsRow(one)), try #require(LogitsRow(other)))
      }
    }
  }

  /// Covers all lengths, so that no element of the last, partial vector is missed.
  @Test(arguments: [Float(0.01), 1, 30])
  func probabilitiesAndDivergenceAreThoseOfTheDefinition(scale: Float) throws {
    for count in [1, 2, 7, 8, 9, 15, 17, 1003] {
      let one = Self.logits(count, seed: 1, scale: scale)
      let other = Self.logits(count, seed: 2, scale: scale)
      let (p, q) = (Self.logProbabilities(one), Self.logProbabilities(other))
      let judged = zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
      try Self.with(one, other) { left, right in
        for token in [0, count / 2, count - 1] {
          #expect(abs(left.logProbability(of: token) - p[token]) < 1e-10)
        }
        #expect(abs(left.divergence(to: right) - judged) < 1e-10 * (1 + judged))
        #expect(abs(left.divergence(to: left)) < 1e-14)
        #expect(left.top == p.firstIndex(of: p.max()!))
      }
    }
  }

  /// Softmax does not change if all logits are shifted.
  @Test func aShiftOfAllLogitsChangesNothing() throws {
    let one = Self.logits(500, seed: 3, scale: 8)
    try Self.with(one, one.map { $0 + 4096 }) { left, right in
      // At 4096, float32 has 11 bits after the point.
      #expect(abs(left.logProbability(of: 7) - right.logProbability(of: 7)) < 1e-3)
      #expect(abs(left.divergence(to: right)) < 1e-6)
    }
  }

  @Test(arguments: [
    [Float.nan, 1], [1, .nan], [.infinity, 0], [-.infinity, -.infinity], [.nan, .nan],
  ])
  func whatIsNoDistributionIsNone(_ logits: [Float]) {
    #expect(logits.withUnsafeBufferPointer { LogitsRow($0) == nil })
  }

  @Test func aScoreThatIsInfiniteIsNone() throws {
    try Self.with([0, -.infinity], [0, 0]) { certain, even in
      #expect(TokenScore(token: 0, model: certain) != nil)
      #expect(TokenScore(token: 1, model: certain) == nil)
      #expect(TokenScore(token: 0, model: certain, reference: even) == nil)
    }
  }
}
