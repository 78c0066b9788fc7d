import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Blocks with a state in place of keys and values are as exact as those: in batches, after going back, after an
/// eviction, and wherever a model is cut.
@Suite(.timeLimit(.minutes(5))) struct StateTests {
  private static let sampled = Sampling(temperature: 0.8, topK: 30, topP: 0.9, seed: 5)

  /// A state has the same bits alone, in batches that copies of it are made in, and on any number of threads.
  @Test(arguments: TinyModel.stateful, [Numerics.standard, .exact])
  func bitsDoNotDependOnBatchesOrThreads(_ tiny: TinyModel, _ numerics: Numerics) async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try tiny.imported(into: scratch))
    let ids = (0..<200).map { ($0 * $0 * 7 + 3) % 300 }
    var seen: Set<[UInt32]> = []
    for (threads, piece) in [(1, 1), (2, 7), (3, 64), (2, ids.count)] {
      let session = WholeModelSession(
        model, numerics: numerics, pool: try ThreadPool(threads: threads))
      for start in stride(from: 0, to: ids.count, by: piece) {
        try await session.feed(Array(ids[start..<min(start + piece, ids.count)]))
      }
      seen.insert(await session.logits(ofLast: 1).map(\.bitPattern))
    }
    #expect(seen.count == 1)
  }

  /// What a cloud says of a text after it has gone back to any of its positions; where that is too far for what is kept
  /// it asks for everything again.
  @Test(arguments: TinyModel.stateful) func aCloudGoesBackExactly(_ tiny: TinyModel) async throws {
    let fixture = try CloudFixture(tiny)
    let tokens = fixture.prompt(3, count: 90)
    let stream = await CloudStream(fixture.manager())
    await stream.send(fixture.opening)
    guard case .opened = try await stream.reply() else { return #expect(Bool(false)) }
    await stream.send(try fixture.states(tokens), .ask(90))
    let expected = try await stream.answer().said
    var asksAgain = 0
    // Further and further back, then anywhere; other tokens have run behind the position in between.
    for position in Array((50..<90).reversed()) + [7, 89, 64, 63, 31, 1] {
      var other = tokens
      for index in position..<90 { other[index] = (tokens[index] + 1) % 300 }
      for text in [other, tokens] {
        await stream.send(
          .rewind(positions: UInt32(position)), try fixture.states(text, from: position), .ask(90))
        var reply = try await stream.answer()
        if case .lacking(let first) = reply {
          #expect(first == 0)
          asksAgain += 1
          await stream.send(try fixture.states(text), .ask(90))
          reply = try await stream.answer()
        }
        #expect(text == other || reply.said == expected, "\(position)")
      }
    }
    // Nothing is sent again of 32 positions back: eleven positions are further away, each asked about twice.
    #expect(asksAgain == 22)
  }

  @Test(
    arguments: TinyModel.stateful,
    [
      EdgeSession.Options(lookAhead: 1, leastChance: 0),
      EdgeSession.Options(lookAhead: 16, leastChance: 0),
      EdgeSession.Options(longestDraft: 5),
      EdgeSession.Options(longestDraft: 3, lookAhead: 8, leastChance: 0),
    ])
  func goingAheadChangesNothing(
    _ tiny: TinyModel, _ options: EdgeSession.Options
  ) async throws {
    let fixture = try CloudFixture(tiny)
    for sampling in [Sampling.greedy, Self.sampled] {
      for thresholds in [[2.0, 2], [0.02, 0.02], [0, 0]] {
        let plain = try await say(fixture, EdgeSession.Options(), thresholds, sampling)
        let said = try await say(fixture, options, thresholds, sampling)
        if options.longestDraft == 0 {
          #expect(said == plain)
        } else {
          let whole = try await fixture.tokens(
            after: fixture.prompt(7, count: 40), 24, sampling: sampling)
          #expect(said.map(\.token) == whole)
        }
      }
    }
  }

  private func say(
    _ fixture: CloudFixture, _ options: EdgeSession.Options, _ thresholds: [Double],
    _ sampling: Sampling
  ) async throws -> [Answer] {
    let client = try await CloudClient(
      InProcessLink(fixture.manager()), edge: fixture.edge.manifest)
    let session = EdgeSession(
      fixture.edge, policy: ExitPolicy(thresholds: thresholds, mode: .collaborative),
      sampling: sampling, cloud: client, options: options, pool: fixture.pool)
    return try await Generation(maxTokens: 24)
      .run(session, prompt: fixture.prompt(7, count: 40)).answers
  }

  /// Sessions that take turns push one another out of the cloud's memory, and say what they would have said alone.
  @Test(arguments: TinyModel.stateful) func whoIsPushedOutComesBack(_ tiny: TinyModel) async throws
  {
    let fixture = try CloudFixture(tiny)
    var limits = CloudLimits()
    let kept = fixture.manifest.kvBytes
    // Two and a half sessions of 40 positions, with the hidden states that wait.
    limits.bytes = 5 * (kept.fixed + kept.perToken * 64 + 8 * 40 * fixture.hidden) / 2
    let cloud = fixture.manager(limits)
    var sessions: [(EdgeSession, CloudClient)] = []
    for seed in 0..<5 {
      let client = try await CloudClient(InProcessLink(cloud), edge: fixture.edge.manifest)
      let session = EdgeSession(
        fixture.edge, policy: .off(exits: 2), cloud: client, pool: fixture.pool)
      sessions.append((session, client))
      try await session.feed(fixture.prompt(seed))
    }
    var texts = Array(repeating: [Int](), count: 5)
    for _ in 0..<5 {
      for index in sessions.indices {
        let token = try await sessions[index].0.answer().token
        texts[index].append(token)
        try await sessions[index].0.feed([token])
        #expect(cloud.meter.metrics.bytes <= limits.bytes)
      }
    }
    for seed in 0..<5 {
      #expect(texts[seed] == (try await fixture.tokens(after: fixture.prompt(seed), 5)))
    }
    #expect(cloud.meter.metrics.evictions > 5)
  }

  /// A middle tier goes back with its edge.
  @Test(arguments: TinyModel.stateful) func tiersSayWhatTheModelSays(_ tiny: TinyModel) async throws
  {
    let fixture = try TierFixture(tiny)
    for options in [EdgeSession.Options(lookAhead: 6, leastChance: 0), .init(longestDraft: 4)] {
      for sampling in [Sampling.greedy, Self.sampled] {
        let answers = try await fixture.answers(
          asking: try fixture.middle(fixture.manager()),
          thresholds: options.longestDraft > 0 ? [0] : nil, sampling: sampling, options: options)
        #expect(answers.map(\.token) == (try await fixture.whole(sampling: sampling)))
      }
    }
  }

  /// Feedback takes back all that was computed since the last answer, which no state goes back to.
  @Test(arguments: TinyModel.stateful) func feedbackIsRefusedByName(_ tiny: TinyModel) throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try tiny.withExits([2], into: scratch) {
        $0.placement.bodies = [.tail(blocks: 1)]
        $0.placement.hasFeedback = true
      }
    }
    #expect(error?.location == "exits[0]")
    #expect(error?.found.contains("in a model with feedback") == true, "\(error?.found ?? "")")
  }
}
