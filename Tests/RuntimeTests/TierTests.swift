import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// A device, middles and a cloud say what an edge with all exits and its cloud say.
@Suite struct TierTests {
  private static let sampled = Sampling(temperature: 0.8, topK: 40, topP: 0.95, seed: 7)

  /// With exits off the text is the whole model's, however the device asks.
  @Test(arguments: [
    EdgeSession.Options(), .init(lookAhead: 6, leastChance: 0),
    .init(longestDraft: 4, lookAhead: 4),
  ])
  func withExitsOffTheTextIsTheWholeModels(_ options: EdgeSession.Options) async throws {
    for tiny in [TinyModel.llama3, .q4_1] {
      let fixture = try TierFixture(tiny)
      for sampling in [Sampling.greedy, Self.sampled] {
        let answers = try await fixture.answers(
          asking: try fixture.middle(fixture.manager()),
          thresholds: options.longestDraft > 0 ? [0] : nil, sampling: sampling, options: options)
        #expect(answers.map(\.token) == (try await fixture.whole(sampling: sampling)))
      }
    }
  }

  /// Every family in three tiers, on prompts longer than its window.
  @Test(arguments: TinyModel.families)
  func familiesSayWhatTransformersSays(_ tiny: TinyModel) async throws {
    let fixture = try TierFixture(tiny, exits: [2, 3], cuts: [2, 3], numerics: .exact)
    for prompt in try tiny.expected() {
      let answers = try await fixture.answers(
        asking: try fixture.middle(fixture.manager()), prompt: prompt.ids,
        count: prompt.greedy.count)
      #expect(answers.map(\.token) == prompt.greedy, "\(prompt.text)")
    }
  }

  /// The chain of thresholds is the same wherever the exits stand, and so is every answer and its confidence: what a
  /// calibration of the model promises holds for its tiers.
  @Test(
    arguments: [
      ([2, 4], [2, 4], [[0.1, 0.1], [0.02, 0.05], [2, 0], [2, 0.04], [0.02, 2]]),
      (
        [1, 2, 3, 5], [2, 5], [[0.06, 0.05, 0.04, 0.03], [2, 0.05, 2, 0.04], [2, 2, 0.04, 0.03]]
      ),
      ([1, 2, 4], [1, 2, 4], [[0.06, 0.05, 0.04], [2, 0.04, 0.03], [2, 2, 0]]),
    ] as [([Int], [Int], [[Double]])])
  func answersAreThoseOfAnEdgeWithAllExits(
    _ shape: (exits: [Int], cuts: [Int], thresholds: [[Double]])
  ) async throws {
    let fixture = try TierFixture(exits: shape.exits, cuts: shape.cuts, threshold: 0.04)
    let own = fixture.device.manifest.exits.count
    var sources: Set<Answer.Source> = []
    for thresholds in shape.thresholds {
      for sampling in [Sampling.greedy, Self.sampled] {
        let expected = try await fixture.twoTiers(thresholds: thresholds, sampling: sampling)
        let host = try host(fixture, Array(thresholds.dropFirst(own)))
        let answers = try await fixture.answers(
          asking: host, thresholds: Array(thresholds.prefix(own)), sampling: sampling)
        #expect(answers == expected)
        sources.formUnion(answers.map(\.source))
      }
    }
    #expect(sources.contains { if case .middle = $0 { true } else { false } })
  }

  /// Middles of a fixture with these thresholds, in rising depth.
  private func host(_ fixture: TierFixture, _ thresholds: [Double]) throws -> any SessionHost {
    var rest = thresholds[...]
    let middles = fixture.bundles.dropFirst().dropLast().map { bundle in
      let own = Array(rest.prefix(bundle.manifest.exits.count))
      rest = rest.dropFirst(own.count)
      return (bundle, own)
    }
    return try middles.reversed().reduce(fixture.manager() as any SessionHost) { behind, middle in
      try fixture.tier(middle.0, thresholds: middle.1) { InProcessLink(behind) }
    }
  }

  /// Bodies and tails of exits in the middle.
  @Test(arguments: [[.mlp, .affine(rank: 3)], [.norm, .tail(blocks: 2)]] as [[ExitBody]])
  func exitsOfTheMiddleMayHaveBodies(_ bodies: [ExitBody]) async throws {
    let fixture = try TierFixture(threshold: 0.04) { $0.placement.bodies = bodies }
    let expected = try await fixture.twoTiers(thresholds: [2, 0.03])
    let answers = try await fixture.answers(
      asking: try fixture.middle(fixture.manager(), thresholds: [0.03]), thresholds: [2])
    #expect(answers == expected)
  }

  /// A device that wants the whole model's text gets it through a middle whose exits would answer everything; so does
  /// one that does not know of middles.
  @Test func exitsDoNotAnswerWhereTheyMayNot() async throws {
    let fixture = try TierFixture()
    let whole = try await fixture.whole()
    let host = try fixture.middle(fixture.manager(), thresholds: [0])
    let lossless = try await fixture.answers(
      asking: host, thresholds: [0], options: .init(longestDraft: 4, lookAhead: 2),
      exitsMayAnswer: false)
    #expect(lossless.map(\.token) == whole)
    let old = try await fixture.answers(asking: host, exitsMayAnswer: false)
    #expect(old.map(\.token) == whole && old.allSatisfy { $0.source == .cloud })
    let new = try await fixture.answers(asking: host)
    #expect(new.allSatisfy { $0.source == .middle(depth: 4) })
  }

  /// A device that goes on from drafts of its own while it waits says the same, with and without time for it.
  @Test func lookAheadChangesNothing() async throws {
    let fixture = try TierFixture()
    let host = try fixture.middle(fixture.manager(), thresholds: [0.03])
    for sampling in [Sampling.greedy, Self.sampled] {
      let plain = try await fixture.answers(asking: host, thresholds: [0.05], sampling: sampling)
      let ahead = try await fixture.answers(
        asking: host, thresholds: [0.05], sampling: sampling,
        options: .init(lookAhead: 8, leastChance: 0))
      #expect(ahead == plain)
    }
  }
}
