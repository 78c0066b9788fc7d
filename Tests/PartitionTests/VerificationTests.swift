import CleaveModel
import CleavePartition
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

@Suite struct VerificationTests {
  private func verify(
    _ edge: Artifact, _ cloud: Artifact, _ model: Artifact, maxTokens: Int = 12
  ) async throws -> VerificationReport {
    var settings = Verification.Settings()
    settings.prompts = ["The small dog", "In the year 1995", "café, 7!"]
    settings.maxTokens = maxTokens
    settings.threads = 1
    return try await Verification(edge: edge, cloud: cloud, model: model, settings: settings).run()
  }

  private func check(_ name: String, _ report: VerificationReport) throws
    -> VerificationReport.Check
  {
    try #require(report.checks.first { $0.name == name })
  }

  @Test(arguments: TinyModel.all)
  func theHalvesOfAModelAreVerified(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let bundles = try tiny.bundles(exits: [2, 4], threshold: 0.5, into: scratch)
    let report = try await verify(bundles.edge, bundles.cloud, bundles.model)
    #expect(report.verified, "\(report.checks)")
    #expect(
      report.checks.map(\.name)
        == [
          "hashes", "structure", "tokenizer", "exactness", "cloud answers", "exit answers",
          "standalone",
        ])
    let collaborative = try #require(report.collaborative)
    #expect(collaborative.tokens > 0)
    #expect(collaborative.bytesUp > 0)
    #expect(try #require(report.standalone).cloudRequestRate == 0)
    // The JSON output is complete and valid.
    _ = try JSON.parse(Array(report.json.text().utf8), file: "report")
  }

  /// A cloud of all blocks, to which tokens go in place of hidden states.
  @Test(arguments: TinyModel.all)
  func aCloudThatTakesTokensIsVerified(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let bundles = try tiny.bundles(
      exits: [2, 4], threshold: 0.5, cloudTakesTokens: true, into: scratch)
    let report = try await verify(bundles.edge, bundles.cloud, bundles.model)
    #expect(report.verified, "\(report.checks)")
    #expect(try check("exactness", report).detail.hasPrefix("0 of 36 tokens differ"))
    #expect(try check("structure", report).detail.hasPrefix("edge holds blocks 0..<4, cloud 0..<"))
    let other = try Scratch()
    let others = try tiny.bundles(exits: [2, 4], threshold: 0.5, into: other)
    let bytes = try #require(report.collaborative).bytesUp
    let states = try await verify(others.edge, others.cloud, others.model)
    #expect(try 2 * bytes < #require(states.collaborative).bytesUp)
  }

  /// Tails of random weights answer nonsense. The cloud is not affected, and the answers do not
  /// depend on when the tails' blocks run.
  @Test(arguments: [false, true])
  func exitsWithTailsAreVerified(replace: Bool) async throws {
    let scratch = try Scratch()
    let exits = try TinyModel.q4_1.withExits([2, 4], threshold: 0.2, into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1), .tail(blocks: 2)]
      $0.placement.replacesBlocks = replace
    }
    let model = try RandomExits(exits, type: .q8_0, into: scratch).artifact
    let (edge, cloud) = try TinyModel.partition(model, into: scratch)
    let report = try await verify(edge, cloud, model, maxTokens: 24)
    #expect(report.verified, "\(report.checks)")
    #expect(try check("exactness", report).detail.hasPrefix("0 of 72 tokens differ"))
    #expect(
      try check("structure", report).detail
        == "edge holds blocks 0..<\(replace ? 2 : 4) and 3 in tails, cloud 2..<6")
    // One answer per prompt in both modes.
    #expect(try check("exit answers", report).detail.hasPrefix("0 of 6 answers"))
    let tallies = try #require(report.collaborative).tallies
    #expect(tallies.allSatisfy { $0.tally.tokens > 0 }, "\(tallies)")
  }

  /// An edge whose exits read other hidden states than the model's exits fails.
  @Test func anExitThatReadsSomethingElseFails() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.q4_1.bundles(exits: [2, 4], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1)]
    }
    var manifest = bundles.model.manifest
    manifest.exits[1].reads = .previous
    try scratch.write(manifest.json.text(), to: "exits/manifest.json")
    let report = try await verify(
      bundles.edge, bundles.cloud, Artifact(opening: scratch("exits")))
    let structure = try check("structure", report)
    #expect(structure.detail.contains("the edge bundle's exits differ from the model's"))
  }

  @Test func aChangedByteFailsByName() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    // Block 5 is only in the cloud bundle. The scratch directory writes a new file, so that the
    // model's link is not damaged.
    let path = ArtifactLayout.block(5)
    var bytes = try readFile(scratch("cloud/\(path)"))
    bytes[bytes.count - 1] ^= 1
    try scratch.write(bytes, to: "cloud/\(path)")
    let report = try await verify(bundles.edge, bundles.cloud, bundles.model)
    #expect(!report.verified)
    let hashes = try check("hashes", report)
    #expect(hashes.passed == false && hashes.detail.contains("cloud: \(path)"))
    #expect(try check("exactness", report).passed == nil)
  }

  @Test func aFileThatNoManifestKnowsFails() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    try scratch.write("x", to: "edge/weights/block-0099.safetensors")
    let hashes = try check(
      "hashes", try await verify(bundles.edge, bundles.cloud, bundles.model))
    #expect(hashes.passed == false)
    #expect(hashes.detail == "edge: weights/block-0099.safetensors is not in the manifest")
  }

  /// Valid tables with correct hashes that belong to another tokenizer fail.
  @Test func tablesThatSayAnotherTokenizerFail() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    var bytes = try readFile(scratch("edge/tokenizer.bin"))
    let settings = (0..<4).reduce(0) { $0 | Int(bytes[28 + $1]) << (8 * $1) }
    bytes[bytes.count - settings - 1] ^= 1  // the last character of the last token
    for (name, artifact) in [("edge", bundles.edge), ("exits", bundles.model)] {
      try scratch.write(bytes, to: "\(name)/tokenizer.bin")
      try rewrite(artifact, in: scratch, name) { files in
        for index in files.indices where files[index].path == "tokenizer.bin" {
          files[index].digest = FileDigest(of: bytes)
        }
      }
    }
    let report = try await verify(
      Artifact(opening: scratch("edge")), bundles.cloud, Artifact(opening: scratch("exits")))
    #expect(try check("structure", report).passed == true)
    let tokenizer = try check("tokenizer", report)
    #expect(tokenizer.passed == false)
    #expect(tokenizer.detail == "tokenizer.bin does not say what tokenizer.json says")
    #expect(!report.verified)
  }

  /// Artifacts from before there were tables run and verify with tokenizer.json.
  @Test func artifactsWithoutTablesAreVerified() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    for (name, artifact) in [("edge", bundles.edge), ("exits", bundles.model)] {
      try scratch.remove("\(name)/tokenizer.bin")
      try rewrite(artifact, in: scratch, name) { $0.removeAll { $0.path == "tokenizer.bin" } }
    }
    let report = try await verify(
      Artifact(opening: scratch("edge")), bundles.cloud, Artifact(opening: scratch("exits")))
    #expect(report.verified, "\(report.checks)")
    #expect(
      try check("tokenizer", report).detail == "no tables: tokenizer.json is read")
  }

  private func rewrite(
    _ artifact: Artifact, in scratch: Scratch, _ name: String,
    _ change: (inout [FileRecord]) -> Void
  ) throws {
    var manifest = artifact.manifest
    change(&manifest.files)
    try scratch.write(manifest.json.text(), to: "\(name)/manifest.json")
  }

  @Test func bundlesOfAnotherModelFail() async throws {
    let (scratch, other) = (try Scratch(), try Scratch())
    let bundles = try TinyModel.sharded.bundles(exits: [2, 4], into: scratch)
    let others = try TinyModel.q4_1.bundles(exits: [2, 4], into: other)
    let report = try await verify(bundles.edge, others.cloud, bundles.model)
    let structure = try check("structure", report)
    #expect(structure.passed == false)
    #expect(structure.detail.contains("the cloud bundle is of model"))
    #expect(structure.detail.contains(ArtifactLayout.block(5)))
  }

  @Test func aCloudThatBeginsElsewhereFails() async throws {
    let (scratch, other) = (try Scratch(), try Scratch())
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    let others = try TinyModel.llama3.bundles(exits: [3, 4], into: other)
    let report = try await verify(bundles.edge, others.cloud, bundles.model)
    #expect(try check("structure", report).detail == "block 2 not on both sides")
    let reversed = try await verify(others.edge, bundles.cloud, others.model)
    #expect(try check("structure", reversed).detail == "block 2 on both sides")
  }

  /// Bundles made before or changed after a change of the model's exits must not pass.
  @Test func exitsThatDifferFromTheModelsFail() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    for (depths, threshold) in [([2], 0.9), ([2, 3, 4], 0.9), ([2, 4], 0.8)] {
      let other = try Scratch()
      let model = try TinyModel.llama3.withExits(depths, threshold: threshold, into: other)
      let report = try await verify(bundles.edge, bundles.cloud, model)
      let structure = try check("structure", report)
      #expect(structure.passed == false)
      #expect(structure.detail.contains("the edge bundle's exits differ from the model's"))
    }
  }

  @Test func anExitThatAnswersEverythingIsJudged() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], threshold: 0, into: scratch)
    let report = try await verify(bundles.edge, bundles.cloud, bundles.model)
    let collaborative = try #require(report.collaborative)
    #expect(collaborative.cloudRequestRate == 0)
    #expect(collaborative.agreement < 1)
    #expect(try check("exit answers", report).detail.hasPrefix("0 of 0 "))
  }

  @Test func aPromptTheModelHasNoRoomForIsRefused() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    var settings = Verification.Settings()
    settings.prompts = ["short", String(repeating: "long ", count: 2000)]
    let verification = try Verification(
      edge: bundles.edge, cloud: bundles.cloud, model: bundles.model, settings: settings)
    let error = await #expect(throws: SettingError.self) { try await verification.run() }
    #expect(error?.setting == .prompts && error?.found.hasSuffix("in prompt 1") == true)
  }

  @Test func rolesAreChecked() async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    await #expect(throws: InputError.self) {
      try await verify(bundles.cloud, bundles.edge, bundles.model)
    }
  }

  @Test func differencesAreCountedAndPlaced() {
    var differences = TokenDifferences()
    differences.compare(expected: [1, 2, 3], found: [1, 2, 3], prompt: 0)
    #expect(differences.differing == 0 && differences.tokens == 3 && differences.first == nil)
    differences.compare(expected: [1, 2, 3], found: [1, 9, 8], prompt: 1)
    #expect(differences.differing == 2)
    #expect(differences.first == "prompt 1, token 1: 9, the model says 2")
    differences.compare(expected: [1, 2, 3], found: [1, 2], prompt: 2)
    differences.compare(expected: [1], found: [1, 5], prompt: 3)
    #expect(differences.differing == 4 && differences.tokens == 10)
  }
}
