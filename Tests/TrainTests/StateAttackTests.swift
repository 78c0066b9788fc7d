import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

@testable import CleaveTrain

/// Attacks on states that are made up, so that what can be recovered is known.
@Suite struct StateAttackTests {
  private let width = 32
  private let vocabulary = 96
  private let table: [Float]
  private let turn: [Float]

  init() {
    var random = SplitMix64(seed: 7)
    table = (0..<vocabulary * width).map { _ in Float.random(in: -1...1, using: &random) }
      .withUnitRows(width)
    turn = (0..<width * width).map { _ in Float.random(in: -1...1, using: &random) }
  }

  private func embeddings(_ tokens: [Int]) -> [Float] {
    tokens.flatMap { table[$0 * width..<($0 + 1) * width] }
  }

  /// What a model might make of each token: its embedding, turned by a matrix and moved.
  private func states(_ tokens: [Int]) -> [Float] {
    tokens.flatMap { token in
      (0..<width).map { row in
        (0..<width).reduce(Float(0.5)) {
          $0 + turn[row * width + $1] * table[token * width + $1]
        }
      }
    }
  }

  private func attack(
    _ format: StatesEncoding.Format, knowing tokens: [Int], _ states: [Float]
  ) throws -> StateAttack {
    let attack = StateAttack(
      .init(depth: 1, format: format), width: width, workers: Workers(try ThreadPool(threads: 2)))
    try attack.learn(tokens, states, embeddings: embeddings(tokens))
    try attack.fit(ridge: 1e-6, of: "test")
    return attack
  }

  @Test(arguments: [StatesEncoding.Format.float32, .int8])
  func statesThatHoldTheTokenGiveItAway(_ format: StatesEncoding.Format) throws {
    let known = (0..<480).map { $0 * 7 % vocabulary }
    let attack = try attack(format, knowing: known, states(known))
    let truth = Array(0..<vocabulary)
    let found = try attack.recover(
      states(truth), vocabulary: (vocabulary, { embeddings(Array($0)) }))
    #expect(found.nearest == truth)
    #expect(
      found.inverted.indices.count { found.inverted[$0] == [truth[$0]] } >= vocabulary * 9 / 10)
  }

  @Test func tokensThatTheAttackerNeverSawNeedTheInverter() throws {
    let known = (0..<480).map { $0 * 7 % 64 }
    let attack = try attack(.float32, knowing: known, states(known))
    let unseen = Array(64..<vocabulary)
    let found = try attack.recover(
      states(unseen), vocabulary: (vocabulary, { embeddings(Array($0)) }))
    #expect(found.nearest.allSatisfy { $0 < 64 })
    #expect(found.inverted.indices.count { found.inverted[$0] == [unseen[$0]] } >= 24)
  }

  @Test func statesThatHoldNothingGiveNothingAway() throws {
    var random = SplitMix64(seed: 11)
    let known = (0..<480).map { $0 * 7 % vocabulary }
    func noise(_ count: Int) -> [Float] {
      (0..<count * width).map { _ in Float.random(in: -1...1, using: &random) }
    }
    let attack = try attack(.float32, knowing: known, noise(known.count))
    let truth = (0..<960).map { $0 % vocabulary }
    let found = try attack.recover(
      noise(truth.count), vocabulary: (vocabulary, { embeddings(Array($0)) }))
    for guesses in [found.nearest, found.inverted.map { $0[0] }] {
      #expect(zip(guesses, truth).count { $0 == $1 } < truth.count / 20)
    }
  }

  @Test func theMostCommonTokenIsTheFirstOfEqualOnes() {
    var means = TokenMeans(width: 1)
    #expect(means.mostCommon == nil)
    means.add([5, 3, 3, 5, 9], [1, 1, 1, 1, 1])
    #expect(means.mostCommon == 3)
  }

  @Test func rowsOfZerosStayAsTheyAre() {
    #expect(
      [0, 0, 3, 4].withUnitRows(2) == [
        0, 0, 3 / Float(12.5).squareRoot(), 4 / Float(12.5).squareRoot(),
      ])
  }
}
