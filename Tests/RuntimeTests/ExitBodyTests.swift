import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Exits that do more than norm a state: what they compute, and that it does not depend on when.
@Suite struct ExitBodyTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 2) }

  private func edge(
    _ tiny: TinyModel, _ depths: [Int], _ bodies: [ExitBody], replace: Bool = false,
    start: TailStart = .next, into scratch: Scratch
  ) throws -> (edge: EdgeModel, whole: WholeModel, cloud: CloudModel) {
    let bundles = try tiny.bundles(exits: depths, into: scratch) {
      $0.placement.bodies = bodies
      $0.placement.replacesBlocks = replace
      $0.tailStart = start
    }
    return (
      try EdgeModel(bundles.edge), try WholeModel(bundles.model), try CloudModel(bundles.cloud)
    )
  }

  private func only(_ index: Int, of count: Int) -> ExitPolicy {
    ExitPolicy(thresholds: (0..<count).map { $0 == index ? 0 : 2 }, mode: .standalone)
  }

  /// A tail of exactly the blocks that are left, under the final norm, is the model: token and
  /// confidence have its bits.
  @Test(
    arguments: [TinyModel.llama3, .sharded, .q4_1],
    [
      ([3], [.tail(blocks: 3)], false), ([1], [.tail(blocks: 5)], false),
      ([1, 4], [.norm, .tail(blocks: 2)], false),
      ([2, 4], [.tail(blocks: 2), .tail(blocks: 2)], true),
      ([1, 2, 4], [.tail(blocks: 1), .tail(blocks: 2), .tail(blocks: 2)], true),
      ([2, 4], [.norm, .tail(blocks: 4)], true),
      ([2, 4], [.affine(rank: 3), .tail(blocks: 4)], true),
      // An untrained map changes nothing.
      (
        [2, 4], [.tail(blocks: 2, map: AffineMap()), .tail(blocks: 2, map: AffineMap(rank: 3))],
        true
      ),
      (
        [2, 4],
        [.tail(blocks: 2, readout: AffineMap()), .tail(blocks: 2, readout: AffineMap(rank: 3))],
        true
      ),
    ] as [([Int], [ExitBody], Bool)])
  func aTailOfAllTheBlocksThatAreLeftIsTheModel(
    _ tiny: TinyModel, _ shape: (depths: [Int], bodies: [ExitBody], replace: Bool)
  ) async throws {
    let scratch = try Scratch()
    let (edge, whole, _) = try edge(
      tiny, shape.depths, shape.bodies, replace: shape.replace, into: scratch)
    let last = shape.depths.count - 1
    for prompt in try tiny.expected() {
      let alone = try await Generation(maxTokens: 24).run(
        WholeModelSession(whole, pool: pool), prompt: prompt.ids
      ).answers
      let session = EdgeSession(edge, policy: only(last, of: shape.depths.count), pool: pool)
      let answers = try await Generation(maxTokens: 24).run(session, prompt: prompt.ids).answers
      #expect(answers.map(\.token) == alone.map(\.token))
      #expect(answers.map(\.confidence) == alone.map(\.confidence))
      #expect(answers.allSatisfy { $0.source == .exit(depth: shape.depths[last]) })
    }
  }

  /// The tails of a chain begin as the model's last blocks, in order: they say what these blocks say on
  /// the first exit's state, as a model without the blocks between does.
  @Test func lastBlocksInAChain() throws {
    let scratch = try Scratch()
    let model = try TinyModel.q4_1.withExits([1, 3], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1), .tail(blocks: 2)]
      $0.placement.replacesBlocks = true
    }
    for (exit, block, origin) in [(0, 0, 3), (1, 0, 4), (1, 1, 5)] {
      let exit = model.manifest.exits[exit]
      let (tail, block) = (
        try model.tensors(in: exit.path),
        (block, try model.tensors(in: ArtifactLayout.block(origin)))
      )
      for weight in BlockWeight.all(in: BlockForm()) {
        let copy = try #require(tail[exit.name(of: .tail(block.0, weight))])
        let original = try #require(block.1[WeightName.block(origin, weight).text])
        #expect(copy.type == original.type && copy.shape == original.shape)
        #expect(copy.withBytes { Array($0) } == original.withBytes { Array($0) })
      }
    }
  }

  /// Untrained bodies give the state back as it came, so the exit is the plain lens.
  @Test(arguments: [ExitBody.affine(rank: nil), .affine(rank: 5), .affine(rank: 32), .mlp])
  func anUntrainedBodyChangesNothing(_ body: ExitBody) async throws {
    for tiny in [TinyModel.llama3, .q4_1] {
      let (plain, bodied) = (try Scratch(), try Scratch())
      let without = try edge(tiny, [2, 4], [.norm], into: plain).edge
      let with = try edge(tiny, [2, 4], [body], into: bodied).edge
      for index in 0..<2 {
        let prompt = try tiny.expected()[1].ids
        var answers: [[Answer]] = []
        for edge in [without, with] {
          answers.append(
            try await Generation(maxTokens: 12).run(
              EdgeSession(edge, policy: only(index, of: 2), pool: pool), prompt: prompt
            ).answers)
        }
        #expect(answers[0] == answers[1])
      }
    }
  }

  /// What a session says after a text fed in pieces is what a reader says of the whole text, to the bit.
  @Test(arguments: [TensorType.f32, .q8_0]) func mapsAroundTailsChangeAllThatRunsThem(
    _ type: TensorType
  ) async throws {
    let scratch = try Scratch()
    let plain = try TinyModel.q4_1.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [
        .tail(blocks: 1, map: AffineMap(), readout: AffineMap(rank: 32)),
        .tail(blocks: 1, map: AffineMap(rank: 32), readout: AffineMap()),
      ]
      $0.placement.replacesBlocks = true
    }
    let random = try RandomExits(plain, type: type, into: scratch).artifact
    let edge = try EdgeModel(TinyModel.partition(random, into: scratch).edge)
    let prompt = try TinyModel.q4_1.expected()[1].ids
    var reader = ExitReader(edge, pool: pool)
    let expected = try reader.answers(after: prompt, last: prompt.count)
    for (index, expected) in expected.enumerated() {
      let session = EdgeSession(edge, policy: only(index, of: 2), pool: pool)
      var fed = 0
      for count in [1, 3, prompt.count] where fed < prompt.count {
        try await session.feed(Array(prompt[fed..<count]))
        fed = count
        let answer = try await session.answer()
        #expect(answer.token == expected[count - 1].token)
        #expect(answer.confidence == expected[count - 1].maxProbability)
      }
    }
  }

  /// Whatever was skipped before, whoever answers says the same bits as when nothing ever was.
  @Test(
    arguments: [
      ([2, 4], [.tail(blocks: 2), .tail(blocks: 3)], true),
      ([2, 4], [.tail(blocks: 1), .tail(blocks: 2)], false),
      ([2, 4], [.affine(rank: nil), .mlp], false), ([1, 4], [.norm, .tail(blocks: 2)], true),
      ([1, 3, 5], [.tail(blocks: 1), .tail(blocks: 2), .mlp], false),
    ] as [([Int], [ExitBody], Bool)])
  func skippedBlocksAreMadeUpFor(
    _ shape: (depths: [Int], bodies: [ExitBody], replace: Bool)
  ) async throws {
    for (tiny, start) in [(TinyModel.q4_1, TailStart.last), (.llama3, .next)]
    where start == .last || !shape.replace {
      let scratch = try Scratch()
      let (edge, whole, cloudModel) = try edge(
        tiny, shape.depths, shape.bodies, replace: shape.replace, start: start, into: scratch)
      let cloud = CloudContextManager(cloudModel, pool: pool)
      let prompt = try tiny.expected()[1].ids
      let thresholds = try await medians(edge, prompt)
      let client = try await CloudClient(InProcessLink(cloud), edge: edge.manifest)
      let session = EdgeSession(
        edge, policy: .init(thresholds: thresholds, mode: .collaborative), cloud: client, pool: pool
      )
      let answers = try await Generation(maxTokens: 60).run(session, prompt: prompt).answers
      var text = prompt
      for answer in answers {
        #expect(try await replayed(answer.source, text, edge, whole) == answer)
        text.append(answer.token)
      }
      let sources = Set(answers.map(\.source))
      #expect(sources.contains(.cloud) && sources.count > 2, "the policy tests nothing: \(sources)")
    }
  }

  private func medians(_ edge: EdgeModel, _ prompt: [Int]) async throws -> [Double] {
    var thresholds: [Double] = []
    let count = edge.manifest.exits.count
    for index in 0..<count {
      let session = EdgeSession(edge, policy: only(index, of: count), pool: pool)
      let answers = try await Generation(maxTokens: 40).run(session, prompt: prompt).answers
      thresholds.append(answers.map { Double($0.confidence) }.sorted()[26])
    }
    return thresholds
  }

  private func replayed(
    _ source: Answer.Source, _ text: [Int], _ edge: EdgeModel, _ whole: WholeModel
  ) async throws -> Answer {
    guard case .exit(let depth) = source else {
      let session = WholeModelSession(whole, pool: pool)
      try await session.feed(text)
      let answer = try await session.answer()
      return Answer(token: answer.token, source: .cloud, confidence: answer.confidence)
    }
    let depths = edge.manifest.exits.map(\.depth)
    let index = try #require(depths.firstIndex(of: depth))
    let session = EdgeSession(edge, policy: only(index, of: depths.count), pool: pool)
    try await session.feed(text)
    return try await session.answer()
  }
}
