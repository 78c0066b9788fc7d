import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

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

  /// The tokens that both attacks take states for.
  private func recover(
    _ attack: StateAttack, _ states: [Float]
  ) throws -> (nearest: [Int], inverted: [Int]) {
    let received = try attack.received(states)
    let largest = LargestProducts(
      width: width, workers: Workers(try ThreadPool(threads: 2)), count: 1)
    let inverted = largest(attack.inverted(received), rows: vocabulary) { range in
      (embeddings(Array(range)), Array(repeating: 0, count: range.count))
    }
    return (attack.nearest(received), inverted.map { $0[0] })
  }

  @Test(arguments: [StatesEncoding.Format.float32, .int8])
  func statesThatHoldTheTokenGiveItAway(_ format: StatesEncoding.Format) throws {
    let known = (0..<480).map { $0 * 7 % vocabulary }
    let attack = try attack(format, knowing: known, states(known))
    let truth = Array(0..<vocabulary)
    let found = try recover(attack, states(truth))
    #expect(found.nearest == truth)
    #expect(
      found.inverted.indices.count { found.inverted[$0] == truth[$0] } >= vocabulary * 9 / 10)
  }

  @Test func tokensThatTheAttackerNeverSawNeedTheInverter() throws {
    let known = (0..<480).map { $0 * 7 % 64 }
    let attack = try attack(.float32, knowing: known, states(known))
    let unseen = Array(64..<vocabulary)
    let found = try recover(attack, states(unseen))
    #expect(found.nearest.allSatisfy { $0 < 64 })
    #expect(found.inverted.indices.count { found.inverted[$0] == unseen[$0] } >= 24)
  }

  @Test func statesThatHoldNothingGiveNothingAway() throws {
    var random = SplitMix64(seed: 11)
    let known = (0..<480).map { $0 * 7 % vocabulary }
    func noise(_ count: Int) -> [Float] {
      (0..<count * width).map { _ in Float.random(in: -1...1, using: &random) }
    }
    let attack = try attack(.float32, knowing: known, noise(known.count))
    let truth = (0..<960).map { $0 % vocabulary }
    let found = try recover(attack, noise(truth.count))
    for guesses in [found.nearest, found.inverted] {
      #expect(zip(guesses, truth).count { $0 == $1 } < truth.count / 20)
    }
  }

  @Test func theLargestProductsComeInOrder() throws {
    let largest = LargestProducts(width: 1, workers: Workers(try ThreadPool(threads: 1)), count: 3)
    // The table has 5,000 rows, more than are looked at together, and each value stands there seven or eight times.
    let values = (0..<5000).map { Float($0 % 701) }
    let rows = largest([1, -1], rows: values.count) { range in
      (Array(values[range]), Array(repeating: 0, count: range.count))
    }
    #expect(rows == [[700, 1401, 2102], [0, 701, 1402]])
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
