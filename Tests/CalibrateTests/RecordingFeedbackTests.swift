import CleaveCalibrate
import CleaveExits
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Where states come back from the cloud, what is recorded is what sessions do that ask at the same places.
@Suite struct RecordingFeedbackTests {
  private let scratch: Scratch
  private let pool: ThreadPool
  private let limits = Walk.Limits(maxTokens: 10, stopTokens: [])
  private let prompts = [[5, 6, 7], [9], Array(20..<60), [100, 3]]

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 1)
  }

  private func recording(
    _ edge: EdgeModel, _ cloud: CloudModel, store: RecordingStore? = nil
  ) throws -> Recording {
    try Recording(
      prompts.enumerated().map {
        .init(tokens: $1, text: "", references: [], digest: ContentDigest(of: "\($0)"))
      }, exitCount: 2, hasFeedback: true, limits: limits,
      decoder: try PairDecoder(edge: edge, cloud: cloud, longest: 64, slots: 3, pool: pool),
      store: store)
  }

  /// Thresholds between the confidences that were recorded, so that exits answer some tokens and the cloud others.
  private func policies(_ recording: Recording) throws -> [SignalPolicy] {
    let signal = ExitRecord.Signal.maxProbability
    let walks = try recording.walks(.off(exits: 2, signal: signal), of: prompts.indices)
    let loop = OpenLoop(walks, prompts.indices.map(recording.tree), signal: signal)
    let some = (0..<2).map { loop.thresholds(of: $0, quantiles: 3)[0] }
    return [
      .init(signal: signal, thresholds: some), .init(signal: signal, thresholds: [2, some[1]]),
      .init(signal: signal, thresholds: [some[0], 2]),
      .init(signal: signal, thresholds: [some[0], 2], mode: .standalone),
    ]
  }

  private func answers(
    _ policy: SignalPolicy, _ prompt: [Int], _ edge: EdgeModel, _ cloud: CloudModel
  ) async throws -> [Answer] {
    var client: CloudClient?
    if !policy.isStandalone {
      client = try await CloudClient(
        InProcessLink(CloudContextManager(cloud, pool: pool)), edge: edge.manifest,
        feedback: EdgeSession.feedback(edge, policy: policy.exitPolicy))
    }
    let session = EdgeSession(edge, policy: policy.exitPolicy, cloud: client, pool: pool)
    return try await Generation(maxTokens: limits.maxTokens, stopTokens: []).run(
      session, prompt: prompt
    ).all
  }

  @Test(arguments: FeedbackShape.all)
  func walksAreTheTextsOfSessions(_ shape: FeedbackShape) async throws {
    let model = try TinyModel.q4_1.withFeedback(shape, into: scratch)
    let (edge, cloud) = (try EdgeModel(exitsOf: model), try CloudModel(restOf: model))
    let recording = try recording(edge, cloud)
    var exits: Set<Int?> = []
    for policy in try policies(recording) {
      for (prompt, walk) in zip(prompts, try recording.walks(policy, of: prompts.indices)) {
        let answers = try await answers(policy, prompt, edge, cloud)
        #expect(walk.isComplete && walk.tokens == answers.map(\.token))
        #expect(walk.steps.map(\.confidence) == answers.map(\.confidence))
        exits.formUnion(walk.steps.map(\.exit))
      }
    }
    #expect(exits.count > 1, "\(exits)")
  }

  /// What a policy recorded is enough for itself, and a recording that was read back goes on where it was.
  @Test func aRecordingGoesOn() throws {
    let model = try TinyModel.q4_1.withFeedback(.chain, into: scratch)
    let (edge, cloud) = (try EdgeModel(exitsOf: model), try CloudModel(restOf: model))
    func store() throws -> RecordingStore {
      try RecordingStore(
        scratch("recording.bin"), key: String(repeating: "5a", count: 32), exitCount: 2,
        hasFeedback: true)
    }
    let whole = try recording(edge, cloud)
    let policies = try policies(whole)
    let expected = try policies.map { try whole.walks($0, of: prompts.indices).map(\.tokens) }
    for (policy, expected) in zip(policies, expected) {
      do {
        // It holds its file as long as it is there.
        let part = try recording(edge, cloud, store: try store())
        #expect(try part.walks(policy, of: prompts.indices).map(\.tokens) == expected)
      }
      let again = try recording(edge, cloud, store: try store())
      let counts = prompts.indices.map { again.tree(of: $0).count }
      #expect(try again.walks(policy, of: prompts.indices).map(\.tokens) == expected)
      #expect(prompts.indices.map { again.tree(of: $0).count } == counts, "nothing ran again")
    }
  }
}
