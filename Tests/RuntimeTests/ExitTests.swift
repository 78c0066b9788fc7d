import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// Early exits on the edge, and the exactness of everything after one.
@Suite struct ExitTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 2) }
  private let depths = [2, 4]

  /// An untrained exit is final norm and head on an inner state: transformers computes the same.
  @Test(arguments: TinyModel.all)
  func anExitSaysWhatTransformersSays(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let edge = try EdgeModel(try tiny.bundles(exits: depths, into: scratch).edge)
    for prompt in try tiny.expected() {
      for (index, depth) in depths.enumerated() {
        let thresholds = depths.indices.map { $0 == index ? 0.0 : 2.0 }
        let session = EdgeSession(
          edge, policy: .init(thresholds: thresholds, mode: .standalone), numerics: .exact,
          pool: pool)
        try await session.feed(prompt.ids)
        let answer = try await session.answer()
        let expected = try #require(prompt.exits[depth])
        #expect(answer.source == .exit(depth: depth))
        #expect(answer.token == expected.token)
        #expect(abs(answer.confidence - expected.probability) < 1e-4)
      }
    }
  }

  /// Very cold, an exit is certain; very hot, it knows nothing of its 320 tokens. What it says is the
  /// same.
  @Test(
    arguments: [(0.001, 0.999...1), (1000.0, 0.0031...0.0033)] as [(Double, ClosedRange<Float>)])
  func theTemperatureShapesTheConfidence(
    _ temperature: Double, confidence: ClosedRange<Float>
  ) async throws {
    let scratch = try Scratch()
    _ = try TinyModel.llama3.bundles(exits: depths, into: scratch)
    try scratch.edit(
      "edge/manifest.json", "\"temperature\": 1.0", "\"temperature\": \(temperature)")
    let edge = try EdgeModel(try Artifact(opening: scratch("edge")))
    let prompt = try TinyModel.llama3.expected()[1]
    let session = EdgeSession(
      edge, policy: .init(thresholds: [0, 2], mode: .standalone), pool: pool)
    try await session.feed(prompt.ids)
    let answer = try await session.answer()
    #expect(confidence.contains(answer.confidence), "\(answer.confidence)")
    #expect(answer.token == prompt.exits[2]?.token)
  }

  /// A token that left at exit 1 has no keys and values in the blocks between; they are made up for
  /// from its kept state. Whatever was skipped before, exit 2 and the cloud say the same bits as when
  /// nothing was ever skipped.
  @Test(arguments: [TinyModel.llama3, .sharded, .q4_1], [0, 1, 2] as [UInt64])
  func skippedBlocksAreMadeUpFor(_ tiny: TinyModel, seed: UInt64) async throws {
    let scratch = try Scratch()
    let bundles = try tiny.bundles(exits: depths, into: scratch)
    let edge = try EdgeModel(bundles.edge)
    let whole = try WholeModel(bundles.model)
    let cloud = CloudContextManager(try CloudModel(bundles.cloud), pool: pool)
    // Thresholds at the middle of this text's own confidences make all three answer.
    let prompt = try tiny.expected()[1].ids
    let thresholds = try await middlingThresholds(edge, prompt: prompt, seed: seed)
    let client = try await CloudClient(
      InProcessLink(cloud), edge: edge.manifest)
    let session = EdgeSession(
      edge, policy: .init(thresholds: thresholds, mode: .collaborative), cloud: client, pool: pool)

    let answers = try await Generation(maxTokens: 60).run(session, prompt: prompt).answers
    var text = prompt
    var sources: Set<Answer.Source> = []
    for answer in answers {
      sources.insert(answer.source)
      #expect(try await replay(answer.source, text, edge, whole) == answer.token)
      text.append(answer.token)
    }
    #expect(sources == [.exit(depth: 2), .exit(depth: 4), .cloud], "the policy tests nothing")
  }

  /// What the source says after the text when every block has run on every token.
  private func replay(
    _ source: Answer.Source, _ text: [Int], _ edge: EdgeModel, _ whole: WholeModel,
    depths: [Int] = [2, 4]
  ) async throws -> Int {
    guard case .exit(let depth) = source else {
      let session = WholeModelSession(whole, pool: pool)
      try await session.feed(text)
      return try await session.answer().token
    }
    let thresholds = depths.map { $0 == depth ? 0.0 : 2.0 }
    let session = EdgeSession(
      edge, policy: .init(thresholds: thresholds, mode: .standalone), pool: pool)
    try await session.feed(text)
    return try await session.answer().token
  }

  /// Thresholds that some of the answers on a standalone text pass and others do not.
  private func middlingThresholds(
    _ edge: EdgeModel, prompt: [Int], seed: UInt64
  ) async throws -> [Double] {
    var thresholds: [Double] = []
    for index in depths.indices {
      let policy = ExitPolicy(
        thresholds: depths.indices.map { $0 == index ? 0 : 2 }, mode: .standalone)
      let session = EdgeSession(edge, policy: policy, pool: pool)
      let answers = try await Generation(maxTokens: 40).run(session, prompt: prompt).answers
      let confidences = answers.map { Double($0.confidence) }.sorted()
      thresholds.append(confidences[confidences.count * (4 + Int(seed)) / 10])
    }
    return thresholds
  }

  /// In float32 the tokens are transformers' too.
  @Test(
    arguments: TinyModel.all,
    [Numerics.standard, .exact, Numerics(activations: .int8, cache: .q8_0)])
  func withExitsOffTheCollaborationIsTheWholeModel(
    _ tiny: TinyModel, _ numerics: Numerics
  ) async throws {
    let scratch = try Scratch()
    let bundles = try tiny.bundles(exits: depths, into: scratch)
    let edge = try EdgeModel(bundles.edge)
    let whole = try WholeModel(bundles.model)
    let cloud = CloudContextManager(
      try CloudModel(bundles.cloud), numerics: numerics, pool: pool)
    for prompt in try tiny.expected() {
      let client = try await CloudClient(
        InProcessLink(cloud), edge: edge.manifest, numerics: numerics)
      let session = EdgeSession(
        edge, policy: .off(exits: 2), numerics: numerics,
        cloud: client, pool: pool)
      let generation = Generation(maxTokens: prompt.greedy.count)
      let answers = try await generation.run(session, prompt: prompt.ids).answers
      let alone = try await generation.run(
        WholeModelSession(whole, numerics: numerics, pool: pool), prompt: prompt.ids)
      #expect(answers.map(\.token) == alone.answers.map(\.token))
      if numerics == .exact { #expect(answers.map(\.token) == prompt.greedy) }
      #expect(answers.allSatisfy { $0.source == .cloud })
    }
  }

  /// Sampling draws by seed and position, so it makes no difference who draws.
  @Test func sampledCollaborationIsTheSampledWholeModel() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: depths, into: scratch)
    let edge = try EdgeModel(bundles.edge)
    let whole = try WholeModel(bundles.model)
    let cloud = CloudContextManager(try CloudModel(bundles.cloud), pool: pool)
    let prompt = try TinyModel.llama3.expected()[1].ids
    var texts: Set<[Int]> = []
    for seed in 0..<4 as Range<UInt64> {
      let sampling = Sampling(temperature: 1.2, topK: 40, topP: 0.95, seed: seed)
      let client = try await CloudClient(
        InProcessLink(cloud), edge: edge.manifest)
      let together = try await Generation(maxTokens: 40).run(
        EdgeSession(
          edge, policy: .off(exits: 2), sampling: sampling,
          cloud: client, pool: pool), prompt: prompt
      ).answers.map(\.token)
      let alone = try await Generation(maxTokens: 40).run(
        WholeModelSession(whole, sampling: sampling, pool: pool), prompt: prompt
      ).answers.map(\.token)
      #expect(together == alone)
      texts.insert(alone)
    }
    #expect(texts.count == 4)
  }

  @Test func standaloneNeverNeedsACloud() async throws {
    let scratch = try Scratch()
    let edge = try EdgeModel(try TinyModel.llama3.bundles(exits: depths, into: scratch).edge)
    let session = EdgeSession(
      edge, policy: .init(thresholds: [2, 2], mode: .standalone), pool: pool)
    let answers = try await Generation(maxTokens: 8).run(session, prompt: [5, 6]).answers
    #expect(answers.count == 8)
    #expect(answers.allSatisfy { $0.source == .exit(depth: 4) })
  }

  @Test func stopTokensEndAGeneration() async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try TinyModel.llama3.imported(into: scratch))
    let expected = try TinyModel.llama3.expected()[0]
    let stop = expected.greedy[5]
    let first = try #require(expected.greedy.firstIndex(of: stop))
    let result = try await Generation(maxTokens: 48, stopTokens: [stop])
      .run(WholeModelSession(model, pool: pool), prompt: expected.ids)
    #expect(result.answers.map(\.token) == Array(expected.greedy[..<first]))
    #expect(result.end == .stopToken)
    // The token that ended the text was answered too.
    #expect(result.stop?.token == stop)
    #expect(result.all.map(\.token) == Array(expected.greedy[...first]))
  }

  /// Three exits hand states on twice, and an exit that is off is passed through or never reached.
  @Test(arguments: [
    [0.0, 2, 2], [2, 0, 2], [2, 2, 0], [0.3, 0.3, 0.3], [0.4, 2, 0.3], [0.3, 0.2, 2],
  ])
  func anyPolicyOverThreeExitsIsExact(_ thresholds: [Double]) async throws {
    let scratch = try Scratch()
    let depths = [1, 3, 5]
    let bundles = try TinyModel.q4_1.bundles(exits: depths, into: scratch)
    let edge = try EdgeModel(bundles.edge)
    let whole = try WholeModel(bundles.model)
    let cloud = CloudContextManager(try CloudModel(bundles.cloud), pool: pool)
    let client = try await CloudClient(InProcessLink(cloud), edge: edge.manifest)
    let session = EdgeSession(
      edge, policy: .init(thresholds: thresholds, mode: .collaborative), cloud: client, pool: pool)
    var text = try TinyModel.q4_1.expected()[1].ids
    let answers = try await Generation(maxTokens: 40).run(session, prompt: text).answers
    for answer in answers {
      #expect(
        try await replay(answer.source, text, edge, whole, depths: depths) == answer.token)
      text.append(answer.token)
    }
    // An exit at 0 answers everything that reaches it; one above 1 nothing.
    for (depth, threshold) in zip(depths, thresholds) {
      let count = answers.count { $0.source == .exit(depth: depth) }
      if threshold == 0 { #expect(count == answers.count) }
      if threshold > 1 { #expect(count == 0) }
    }
  }

  @Test func theSameQuestionTwiceHasTheSameAnswer() async throws {
    let scratch = try Scratch()
    let edge = try EdgeModel(try TinyModel.llama3.bundles(exits: depths, into: scratch).edge)
    let session = EdgeSession(
      edge, policy: .init(thresholds: [2, 0], mode: .standalone), pool: pool)
    try await session.feed([5, 6, 7])
    #expect(try await session.answer() == session.answer())
  }
}
