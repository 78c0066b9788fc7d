import CleaveExits
import CleaveConvert
import CleaveModel
import CleavePartition
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Runs every family through import, exits, partition and both bundles, compared with transformers.
@Suite struct FamilyTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 2) }

  /// With exits off, the bundles generate the tokens of transformers' whole model. The longest
  /// prompt is longer than every window.
  @Test(arguments: TinyModel.families + TinyModel.familyFiles)
  func theHalvesSayWhatTransformersSays(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let bundles = try tiny.bundles(exits: [2, 3], threshold: 2, into: scratch)
    let edge = try EdgeModel(bundles.edge)
    let cloud = try CloudModel(bundles.cloud)
    for prompt in try tiny.expected() {
      let manager = CloudContextManager(cloud, numerics: .exact, pool: pool)
      let client = try await CloudClient(
        InProcessLink(manager), edge: edge.manifest, numerics: .exact)
      let session = EdgeSession(
        edge, policy: .shipped(edge.manifest, mode: .collaborative), numerics: .exact,
        cloud: client,
        pool: pool)
      let answers = try await Generation(maxTokens: prompt.greedy.count)
        .run(session, prompt: prompt.ids).answers
      #expect(answers.map(\.token) == prompt.greedy, "\(prompt.text)")
    }
  }

  /// Untrained exits apply the final norm and head: their answers after the longest prompt equal
  /// transformers' norm and head on its hidden state.
  @Test(arguments: TinyModel.families)
  func exitsSayWhatTransformersSays(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let bundles = try tiny.bundles(exits: [2], threshold: 0, into: scratch)
    let edge = try EdgeModel(bundles.edge)
    for prompt in try tiny.expected() {
      let expected = try #require(prompt.exits[2])
      let session = EdgeSession(
        edge, policy: .shipped(edge.manifest, mode: .standalone), numerics: .exact, pool: pool)
      let answer = try #require(
        try await Generation(maxTokens: 1).run(session, prompt: prompt.ids).answers.first)
      #expect(answer.token == expected.token)
      #expect(abs(answer.confidence - expected.probability) < 1e-4)
    }
  }

  /// Tails have the window and RoPE of the blocks they copy: an exit whose tail copies all blocks
  /// after it is the whole model.
  @Test(arguments: TinyModel.families)
  func aTailOfAllThatFollowsIsTheModel(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let blocks = try tiny.imported(into: scratch, name: "count").manifest.configuration.blockCount
    let bundles = try tiny.bundles(exits: [2], threshold: 0, into: scratch) {
      $0.placement.bodies = [.tail(blocks: blocks - 2)]
      $0.tailStart = .next
    }
    let edge = try EdgeModel(bundles.edge)
    for prompt in try tiny.expected() {
      let session = EdgeSession(
        edge, policy: .shipped(edge.manifest, mode: .standalone), numerics: .exact, pool: pool)
      let answers = try await Generation(maxTokens: 24).run(session, prompt: prompt.ids).answers
      #expect(answers.map(\.token) == Array(prompt.greedy.prefix(answers.count)))
      #expect(answers.count == 24)
    }
  }

  /// Runs `cleave verify` on prompts longer than the window, with exits that answer.
  @Test(arguments: TinyModel.families)
  func bundlesAreVerified(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let bundles = try tiny.bundles(exits: [2, 3], threshold: 0.3, into: scratch) {
      $0.placement.bodies = [.norm, .tail(blocks: 1)]
    }
    var settings = Verification.Settings()
    settings.prompts = try tiny.expected().map(\.text)
    settings.maxTokens = 24
    settings.threads = 1
    let report = try await Verification(
      edge: bundles.edge, cloud: bundles.cloud, model: bundles.model, settings: settings
    ).run()
    #expect(report.verified, "\(report.checks)")
  }

  /// The size of keys and values, computed by hand from the configuration.
  @Test func bytesOfKeysAndValues() throws {
    let scratch = try Scratch()
    let gemma = try #require(TinyModel.families.first { $0.checkpoint == "families/gemma3" })
    let (model, edge, cloud) = try gemma.bundles(exits: [2], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 2)]
    }
    // 2 KV heads of 16, keys and values, 4 bytes each: 256 bytes per block. Block 5 of 7 has no
    // window.
    #expect(model.manifest.kvBytes == KVBytes(perToken: 256, perTokenInWindow: 1536, window: 24))
    // Blocks 0 and 1, and a tail that copies blocks 5 and 6.
    #expect(edge.manifest.exits[0].tailLike == 5)
    #expect(edge.manifest.kvBytes == KVBytes(perToken: 256, perTokenInWindow: 768, window: 24))
    #expect(cloud.manifest.kvBytes == KVBytes(perToken: 256, perTokenInWindow: 1024, window: 24))
    #expect(model.manifest.kvBytes.total(tokens: 100) == 256 * 100 + 1536 * 24)
    let stated = try JSONNode(
      .parse(try readFile(scratch("exits/manifest.json")), file: "m"), file: "m"
    ).required("kv_cache")
    #expect(try stated.required("bytes_per_token").int() == 1792)
    #expect(try stated.required("bytes_per_token_beyond_window").int() == 256)
    #expect(try stated.required("bytes_per_window").int() == 1536 * 24)
  }

  /// A shorter context uses LongRoPE's short factors, which is another model for the same texts.
  @Test func theContextChoosesTheFactors() throws {
    let scratch = try Scratch()
    let source = Golden.path("families/phi3-long")
    var importer = Importer(source: source, target: scratch("short"))
    importer.contextLength = 64
    let short = try importer.run().configuration
    let long = try Importer(source: source, target: scratch("long")).run().configuration
    guard case .longRoPE(let rope) = short.rope.scaling else {
      Issue.record("no LongRoPE")
      return
    }
    #expect(rope.factors(contextLength: short.contextLength) == rope.short)
    #expect(rope.factors(contextLength: long.contextLength) == rope.long)
    importer.contextLength = 513
    let error = #expect(throws: SettingError.self) { try importer.run() }
    #expect(error?.setting == .contextLength && error?.found == "513")
  }
}

/// Exits that these families do not allow.
@Suite struct FamilyExitTests {
  private func family(_ name: String) throws -> TinyModel {
    try #require(TinyModel.families.first { $0.checkpoint == "families/\(name)" })
  }

  @Test func aMixtureHasNoNetworkToCopy() throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try family("qwen3-moe").withExits([2], into: scratch) { $0.placement.bodies = [.mlp] }
    }
    #expect(error?.found.contains("mixture of experts") == true)
  }

  /// An mlp is a gated network without biases behind a norm of its own.
  @Test(arguments: [
    ("stablelm", "with biases"), ("gpt-neox", "without a gate"), ("cohere", "share a norm"),
  ])
  func otherNetworksAreNoMLP(name: String, found: String) throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try family(name).withExits([2], into: scratch) { $0.placement.bodies = [.mlp] }
    }
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
  }

  /// A tail in a model with a window states which blocks it copies; no other does.
  @Test func tailsSayWhichBlocksTheyAreLike() throws {
    let scratch = try Scratch()
    let artifact = try family("gemma3").withExits([2], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 2)]
    }
    var manifest = artifact.manifest
    for like in [nil, 6, -1] {
      manifest.exits[0].tailLike = like
      try scratch.write(manifest.json.text(), to: "exits/manifest.json")
      #expect(throws: InputError.self) { try Artifact(opening: artifact.path) }
    }
    let plain = try family("qwen3").withExits([2], into: try Scratch()) {
      $0.placement.bodies = [.tail(blocks: 1)]
    }
    #expect(plain.manifest.exits[0].tailLike == nil)
  }
}
