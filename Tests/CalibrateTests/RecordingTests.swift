import CleaveExits
import CleaveCalibrate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// What is recorded in batches is what sessions do, for every policy.
@Suite struct RecordingTests {
  private let scratch: Scratch
  private let pool: ThreadPool
  private let model: Artifact
  private let edge: EdgeModel
  private let cloud: CloudModel
  private let limits: Walk.Limits
  private let prompts = [[5, 6, 7], [9], Array(20..<60), [100, 3], [100, 4], [7]]

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 1)
    model = try TinyModel.q4_1.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.norm, .tail(blocks: 1)]
    }
    edge = try EdgeModel(exitsOf: model)
    cloud = try CloudModel(restOf: model)
    let plain = Walk.Limits(maxTokens: 9, stopTokens: [])
    // A token that the model says somewhere in the middle, so that texts end by it too.
    let walks = try Self.recording(prompts, plain, edge, cloud, pool, store: nil)
      .walks(.off(exits: 2, signal: .margin), of: prompts.indices)
    limits = .init(maxTokens: 9, stopTokens: [walks[0].tokens[5]])
  }

  private static func recording(
    _ prompts: [[Int]], _ limits: Walk.Limits, _ edge: EdgeModel, _ cloud: CloudModel,
    _ pool: ThreadPool, store: RecordingStore?
  ) throws -> Recording {
    try Recording(
      prompts.enumerated().map {
        .init(tokens: $1, text: "", references: [], digest: ContentDigest(of: "\($0)"))
      }, exitCount: 2, limits: limits,
      decoder: try PairDecoder(edge: edge, cloud: cloud, longest: 64, slots: 3, pool: pool),
      store: store)
  }

  private func recording(
    _ prompts: [[Int]]? = nil, store: RecordingStore? = nil
  ) throws -> Recording {
    try Self.recording(prompts ?? self.prompts, limits, edge, cloud, pool, store: store)
  }

  private func nodes(_ recording: Recording) -> Int {
    prompts.indices.reduce(0) { $0 + recording.tree(of: $1).count }
  }

  /// Thresholds at which about half of the places are answered by each exit, and others.
  private func policies(_ recording: Recording, _ signal: ExitRecord.Signal) throws
    -> [SignalPolicy]
  {
    let walks = try recording.walks(.off(exits: 2, signal: signal), of: prompts.indices)
    let loop = OpenLoop(walks, prompts.indices.map(recording.tree), signal: signal)
    let half = (0..<2).map { loop.thresholds(of: $0, quantiles: 2)[0] }
    // One of the confidences themselves: as sure as asked is sure enough.
    let met = Double(loop.places[3].confidences[0])
    return [
      .init(signal: signal, thresholds: half), .init(signal: signal, thresholds: [2, half[1]]),
      .init(signal: signal, thresholds: [met, 2]), .init(signal: signal, thresholds: [0, 0]),
      .init(signal: signal, thresholds: [half[0], 2], mode: .standalone),
      .init(signal: signal, thresholds: [2, 2], mode: .standalone),
    ]
  }

  private func session(_ policy: SignalPolicy, _ number: UInt64) async throws -> EdgeSession {
    var client: CloudClient?
    if !policy.isStandalone {
      client = try await CloudClient(
        InProcessLink(CloudContextManager(cloud, pool: pool)), edge: edge.manifest,
        numerics: .standard)
    }
    return EdgeSession(
      edge.reading(policy.signal),
      policy: policy.exitPolicy, cloud: client,
      pool: pool)
  }

  @Test(arguments: ExitRecord.Signal.allCases)
  func walksAreTheTextsOfSessions(signal: ExitRecord.Signal) async throws {
    let recording = try recording()
    let generation = Generation(maxTokens: limits.maxTokens, stopTokens: limits.stopTokens)
    var sources: Set<String> = []
    for (number, policy) in try policies(recording, signal).enumerated() {
      let walks = try recording.walks(policy, of: prompts.indices)
      for (prompt, walk) in walks.enumerated() {
        #expect(walk.isComplete)
        let answers = try await generation.run(
          session(policy, UInt64(10 * number + prompt + 1)), prompt: prompts[prompt]
        ).all
        #expect(walk.tokens == answers.map(\.token))
        #expect(walk.steps.map(\.confidence) == answers.map(\.confidence))
        let depths = walk.steps.map { $0.exit.map { "exit_\([2, 4][$0])" } ?? "cloud" }
        #expect(depths == answers.map(\.source.name))
        sources.formUnion(depths)
      }
    }
    #expect(sources == ["exit_2", "exit_4", "cloud"])
  }

  /// Whatever was written before, the whole model's token is what it says after that.
  @Test func truthsAreTheWholeModels() async throws {
    let recording = try recording()
    let whole = try WholeModel(model)
    var wrong = 0
    for policy in try policies(recording, .maxProbability) {
      let walks = try recording.walks(policy, of: prompts.indices)
      for (prompt, walk) in zip(prompts, walks) {
        let session = WholeModelSession(whole, pool: pool)
        try await session.feed(prompt)
        for step in walk.steps {
          #expect(try await session.answer().token == step.truth)
          wrong += step.token == step.truth ? 0 : 1
          try await session.feed([step.token])
        }
      }
    }
    #expect(wrong > 0)
  }

  @Test func offIsTheGreedyTextOfTheWholeModel() async throws {
    let recording = try recording()
    let whole = try WholeModel(model)
    let generation = Generation(maxTokens: limits.maxTokens, stopTokens: limits.stopTokens)
    var lengths: Set<Int> = []
    let walks = try recording.walks(.off(exits: 2, signal: .entropy), of: prompts.indices)
    for (prompt, walk) in zip(prompts, walks) {
      let answers = try await generation.run(
        WholeModelSession(whole, pool: pool), prompt: prompt
      ).all
      #expect(walk.tokens == answers.map(\.token))
      #expect(walk.steps.map(\.confidence) == answers.map(\.confidence))
      lengths.insert(walk.tokens.count)
    }
    #expect(lengths.count > 1, "no text ended by a stop token")
  }

  /// A node for every text that some policy came by, and no other.
  @Test func onlyWhatIsMissingRuns() throws {
    let recording = try recording()
    var texts: Set<[Int]> = []
    var policies = try policies(recording, .margin)
    policies.append(.off(exits: 2, signal: .entropy))
    for policy in policies {
      let walks = try recording.walks(policy, of: prompts.indices)
      for (prompt, walk) in walks.enumerated() {
        for count in 0..<walk.tokens.count { texts.insert([-prompt] + walk.tokens.prefix(count)) }
      }
    }
    #expect(nodes(recording) == texts.count)
    var ran = 0
    recording.progress = { _, _ in ran += 1 }
    for policy in policies { _ = try recording.walks(policy, of: prompts.indices.reversed()) }
    #expect(nodes(recording) == texts.count && ran == 0)
  }

  @Test func walksComeInTheOrderAskedFor() throws {
    let recording = try recording()
    let off = SignalPolicy.off(exits: 2, signal: .margin)
    let walks = try recording.walks(off, of: prompts.indices)
    let some = try recording.walks(off, of: [4, 0, 4])
    #expect(some.map(\.tokens) == [4, 0, 4].map { walks[$0].tokens })
    #expect(try recording.walks(off, of: []).isEmpty)
  }

  @Test func progressCountsWhatIsThereAlready() throws {
    let recording = try recording()
    let off = SignalPolicy.off(exits: 2, signal: .margin)
    _ = try recording.walks(off, of: [0, 1])
    var seen: [[Int]] = []
    recording.progress = { seen.append([$0, $1]) }
    _ = try recording.walks(off, of: prompts.indices)
    #expect(seen == (3...6).map { [$0, 6] })
  }

  /// What another recording wrote down need not run, and the rest is added to it.
  @Test func aRecordingGoesOnFromItsStore() throws {
    func store() throws -> RecordingStore {
      try RecordingStore(scratch("r.bin"), key: String(repeating: "a", count: 64), exitCount: 2)
    }
    let memory = try recording()
    let policies = try policies(memory, .margin)
    for policy in policies { _ = try memory.walks(policy, of: prompts.indices) }
    do {
      let first = try recording(store: store())
      _ = try first.walks(.off(exits: 2, signal: .margin), of: prompts.indices)
      for policy in policies.prefix(3) { _ = try first.walks(policy, of: prompts.indices) }
    }
    for _ in 0..<2 {
      let second = try recording(store: store())
      for policy in policies { _ = try second.walks(policy, of: prompts.indices) }
      for prompt in prompts.indices {
        #expect(second.tree(of: prompt).isSame(as: memory.tree(of: prompt)))
      }
    }
    let third = try recording(store: store())
    var ran = 0
    third.progress = { _, _ in ran += 1 }
    for policy in policies { _ = try third.walks(policy, of: prompts.indices) }
    #expect(ran == 0)
  }

  /// Texts that were cut to the same tokens: in the store they are one.
  @Test func equalPromptsShareATree() throws {
    let twins = [[5, 6, 7], [9], [5, 6, 7], [8]]
    let key = String(repeating: "a", count: 64)
    func store() throws -> RecordingStore {
      try RecordingStore(scratch("r.bin"), key: key, exitCount: 2)
    }
    let (off, always) = (
      SignalPolicy.off(exits: 2, signal: .margin),
      SignalPolicy(signal: .margin, thresholds: [0, 0])
    )
    do {
      let first = try recording(twins, store: store())
      let walks = try first.walks(off, of: twins.indices)
      #expect(walks[0].tokens == walks[2].tokens)
      _ = try first.walks(always, of: [2])
      _ = try first.walks(always, of: [0, 1])
      _ = try first.walks(always, of: [3])
    }
    let second = try recording(twins, store: store())
    var ran = 0
    second.progress = { _, _ in ran += 1 }
    for policy in [off, always] { _ = try second.walks(policy, of: twins.indices) }
    #expect(ran == 0)
  }
}
