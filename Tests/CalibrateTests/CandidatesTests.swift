import CleaveExits
import CleaveCalibrate
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Which policies of a path are tested.
@Suite struct CandidatesTests {
  /// One exit, as right as it is sure: the sketched disagreement rises slowly, then fast.
  private let path: PolicyPath = {
    let places = (0..<200).map { location in
      OpenLoop.Place(
        confidences: [Float(200 - location) / 256], isRight: [location * 7919 % 200 > location],
        weight: 0.1)
    }
    return PolicyPath(
      OpenLoop(places: places, prompts: 20, exitCount: 1), signal: .margin)
  }()

  /// - Returns: the places, and the times that each was measured.
  private func choose(
    _ path: PolicyPath, risk: Double, _ measure: @escaping (Int) -> Double
  ) async throws -> (chosen: [Int], measured: [Int]) {
    var measured: [Int] = []
    let chosen = try await Candidates(path: path, risk: risk) {
      measured.append($0)
      return measure($0)
    }.choose()
    return (chosen, measured)
  }

  private func expectSound(_ found: (chosen: [Int], measured: [Int])) {
    #expect(zip(found.chosen, found.chosen.dropFirst()).allSatisfy { $0 < $1 })
    #expect(found.chosen.allSatisfy { (1..<path.points.count).contains($0) })
    #expect(found.chosen.count <= 13 && found.measured.count <= 30)
    #expect(Set(found.measured).count == found.measured.count)
  }

  @Test(arguments: [0.02, 0.05, 0.1, 0.2, 0.4])
  func theyLieAroundThePromise(risk: Double) async throws {
    // What is written is worse than the sketch.
    let real = { (index: Int) in min(1, 1.6 * path.points[index].disagreement) }
    let found = try await choose(path, risk: risk, real)
    expectSound(found)
    let shares = found.chosen.map { real($0) / risk }
    #expect(shares[0] <= 0.5 && shares[shares.count - 1] >= 1.05, "\(shares)")
    #expect(shares.allSatisfy { $0 < 1.6 })
    #expect(shares.count { (0.7...1.1).contains($0) } >= (risk < 0.05 ? 2 : 3), "\(shares)")
  }

  @Test(arguments: 0..<30)
  func noiseDoesNotLeadThemAstray(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let noise = path.points.map { _ in Double.random(in: 0.6...1.4, using: &random) }
    let real = { (index: Int) in min(1, noise[index] * path.points[index].disagreement) }
    let found = try await choose(path, risk: 0.1, real)
    expectSound(found)
    let sketched = found.chosen.map { path.points[$0].disagreement }
    #expect(sketched[0] <= 0.08 && sketched[sketched.count - 1] >= 0.07, "\(sketched)")
  }

  @Test func aRiskThatIsNeverReachedEndsAtTheBoldest() async throws {
    let found = try await choose(path, risk: 0.5) { _ in 0 }
    expectSound(found)
    #expect(found.chosen == [path.points.count - 1])
    let half = try await choose(path, risk: 0.5) { Double($0) / Double(path.points.count) * 0.25 }
    expectSound(half)
    #expect(half.chosen.last == path.points.count - 1 && half.chosen.count > 1)
  }

  /// Nothing between off and too bold: off is nothing to test.
  @Test func aRiskThatIsPassedAtOnce() async throws {
    let found = try await choose(path, risk: 0.01) { $0 == 0 ? 0 : 0.9 }
    #expect(found.measured.count <= 30 && !found.chosen.contains(0))
    #expect(found.chosen.allSatisfy { $0 < path.points.count })
  }

  @Test func aPathOfTwoPoints() async throws {
    let loop = OpenLoop(
      places: [.init(confidences: [0.5], isRight: [false], weight: 1)], prompts: 1, exitCount: 1)
    let short = PolicyPath(loop, signal: .margin)
    #expect(short.points.count == 2)
    #expect(try await choose(short, risk: 0.1) { _ in 0 }.chosen == [1])
    #expect(try await choose(short, risk: 0.1) { $0 == 0 ? 0 : 0.11 }.chosen == [1])
    #expect(try await choose(short, risk: 0.1) { $0 == 0 ? 0 : 0.9 }.chosen == [])
  }

  /// Alone there is no off: the first place answers too.
  @Test func aloneTheFirstPlaceIsTested() async throws {
    let loop = OpenLoop(
      places: [.init(confidences: [0.5], isRight: [true], weight: 1)], prompts: 1, exitCount: 1)
    let only = PolicyPath(loop, signal: .margin, mode: .standalone)
    #expect(only.points.count == 1)
    #expect(try await choose(only, risk: 0.1) { _ in 0 }.chosen == [0])
    #expect(try await choose(only, risk: 0.1) { _ in 0.9 }.chosen == [0])
  }

  @Test func whatAMeasurementThrowsIsThrown() async {
    await #expect(throws: FileUnreadable.self) {
      try await Candidates(path: path, risk: 0.1) { _ in throw FileUnreadable(path: "") }.choose()
    }
  }
}
