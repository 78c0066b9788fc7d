import CleaveModel
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// Tests of the type of each tensor, and of settings refused before anything is written.
@Suite struct PlanTests {
  private func types(
    _ artifact: Artifact, _ settings: QuantizationSettings
  ) throws -> [String: TensorType] {
    let plan = try QuantizationPlan(artifact, settings: settings)
    return Dictionary(uniqueKeysWithValues: plan.entries.map { ($0.name, $0.type) })
  }

  /// The recipe and its types: of most matrices, of value and down projections, and of the head.
  static let expected: [(Recipe, TensorType, TensorType, TensorType)] = [
    (.f16, .f16, .f16, .f16), (.bf16, .bf16, .bf16, .bf16), (.q8_0, .q8_0, .q8_0, .q8_0),
    (.q6_K, .q6_K, .q6_K, .q6_K), (.q5_K, .q5_K, .q5_K, .q6_K), (.q5_1, .q5_1, .q5_1, .q8_0),
    (.q5_0, .q5_0, .q5_0, .q8_0), (.q4_K, .q4_K, .q4_K, .q6_K), (.q4_1, .q4_1, .q4_1, .q8_0),
    (.q4_0, .q4_0, .q4_0, .q8_0), (.balanced, .q4_K, .q5_K, .q6_K),
  ]

  @Test(arguments: expected)
  func recipes(recipe: Recipe, base: TensorType, finer: TensorType, head: TensorType) throws {
    for tied in [false, true] {
      let scratch = try Scratch()
      let artifact = try SmallModel(tied: tied).make(in: scratch)
      let plan = try QuantizationPlan(artifact, settings: settings(recipe))
      for entry in plan.entries {
        let wanted: TensorType =
          if entry.name.contains("norm") {
            .f32
          } else if entry.name == "head.weight" || (tied && entry.name == "token_embedding.weight")
          {
            head
          } else if entry.name.contains("value") || entry.name.contains("down") {
            finer
          } else {
            base
          }
        #expect(entry.type == wanted, "\(entry.name)")
        #expect(!entry.isFallback)
      }
      #expect(plan.entries.count == 1 + 3 * 9 + (tied ? 1 : 2))
    }
    #expect(Self.expected.count == Recipe.allCases.count)
  }

  /// Rows of 64 and 96 do not hold blocks of 256, rows of 48 and 56 not even blocks of 32.
  @Test(arguments: [
    ("Q2_K", "Q4_0"), ("Q3_K", "Q4_0"), ("Q4_K", "Q4_1"), ("Q5_K", "Q5_1"), ("Q6_K", "Q8_0"),
    ("Q4_0", "Q4_0"),
  ])
  func fallbacks(wanted: String, found: String) throws {
    let scratch = try Scratch()
    let artifact = try SmallModel(hidden: 64, intermediate: 96).make(in: scratch)
    let plan = try QuantizationPlan(
      artifact, settings: settings(.f16, overrides: [".=\(wanted)"]))
    for entry in plan.entries where !entry.name.contains("norm") {
      #expect(entry.type.rawValue == found)
      #expect(entry.isFallback == (wanted != found))
      #expect(entry.explanation.contains("whole blocks of \(wanted)") == entry.isFallback)
    }
    #expect(plan.fallbacks.isEmpty == (wanted == found))
    for type in [TensorType.f32, .bf16] {
      let narrow = try SmallModel(hidden: 48, intermediate: 56, type: type)
        .make(in: scratch, name: "narrow-\(type.rawValue)")
      let types = try types(narrow, settings(.f16, overrides: [".=\(wanted)"]))
      #expect(types["blocks.0.attention.query.weight"] == (type == .bf16 ? .bf16 : .f16))
    }
  }

  @Test func theLastPatternWins() throws {
    let scratch = try Scratch()
    let artifact = try SmallModel().make(in: scratch)
    let types = try types(
      artifact,
      settings(
        .q4_K,
        overrides: ["attention=Q5_0", "^blocks\\.[01]\\.attention\\.(query|key)=q8_0", "key=F16"]))
    #expect(types["blocks.0.attention.query.weight"] == .q8_0)
    #expect(types["blocks.1.attention.key.weight"] == .f16)
    #expect(types["blocks.2.attention.query.weight"] == .q5_0)
    #expect(types["blocks.2.feed_forward.up.weight"] == .q4_K)
    #expect(types["blocks.0.attention_norm.weight"] == .f32)
  }

  @Test(arguments: [
    ("query", "no \"=\""), ("=Q4_0", "no pattern"), ("query=Q9", "\"Q9\""), ("(=Q4_0", "expected"),
    ("querry=Q4_0", "no tensor of such a name"), ("_norm=Q4_0", "only norms"),
    ("exits=Q4_0", "no tensor of such a name"),
  ])
  func patternsThatSayNothing(text: String, expected: String) throws {
    let scratch = try Scratch()
    let artifact = try SmallModel().make(in: scratch)
    try expectRefusal("type by pattern \(text)", expected) {
      try QuantizationPlan(artifact, settings: settings(.q4_0, overrides: [text]))
    }
  }

  @Test func blocksAreNotRoundedTwiceUnasked() throws {
    let scratch = try Scratch()
    let artifact = try TinyModel.q4_1.imported(into: scratch)
    try expectRefusal("blocks.0.attention.query.weight: found Q4_1", "--allow-requantize") {
      try QuantizationPlan(artifact, settings: settings(.q4_0))
    }
    try expectRefusal("token_embedding.weight: found Q8_0") {
      try QuantizationPlan(artifact, settings: settings(.f16))
    }
    // A matrix that already has the type is copied.
    let same = try QuantizationPlan(artifact, settings: settings(.q4_1))
    let allCopied = same.entries.allSatisfy(\.isCopied)
    #expect(allCopied)
    let again = try types(artifact, settings(.q4_0, allowRequantize: true))
    #expect(again["blocks.0.attention.query.weight"] == .q4_0)
  }

  @Test func calibratedExitsAreNoted() throws {
    let scratch = try Scratch()
    let artifact = try SmallModel(exits: [ExitRecord(depth: 1, threshold: 0.5, calibrated: true)])
      .make(in: scratch, name: "exits")
    let notes = try QuantizationPlan(artifact, settings: settings(.q4_0)).notes
    #expect(notes.count == 1)
    #expect(notes.first?.contains("not calibrated now") == true)
    let quiet = try SmallModel(exits: [ExitRecord(depth: 1, threshold: 0.5)])
      .make(in: scratch, name: "quiet")
    #expect(try QuantizationPlan(quiet, settings: settings(.q4_0)).notes.isEmpty)
  }

  /// The matrices of exits are copied.
  @Test func exitsWithMatricesAreNotRounded() throws {
    let scratch = try Scratch()
    let exits = [ExitRecord(depth: 1, body: .tail(blocks: 2), threshold: 0.5)]
    let artifact = try SmallModel(exits: exits).make(in: scratch)
    let plan = try QuantizationPlan(artifact, settings: settings(.q4_0))
    let manifest = try Quantizer(
      source: artifact.path, target: scratch("out"), settings: settings(.q4_0)
    ).run().manifest
    #expect(manifest.file(exits[0].path) == artifact.manifest.file(exits[0].path))
    // The edge has one block of the model and two of the tail.
    #expect(plan.sizes.edge.map { $0 < plan.sizes.model } == true)
    let tail = try #require(artifact.manifest.file(exits[0].path)).digest.bytes
    #expect(plan.sizes.edge.map { $0 > tail } == true)
  }

  /// Blocks take 8.5 bits per weight, norms 32.
  @Test func bitsPerWeight() throws {
    let scratch = try Scratch()
    let artifact = try SmallModel(tied: true).make(in: scratch)
    let plan = try QuantizationPlan(artifact, settings: settings(.q8_0))
    let norms = 7 * 256
    let block = 2 * 256 * 256 + 2 * 128 * 256 + 3 * 512 * 256
    let matrices = 320 * 256 + 3 * block
    let bits = Double(matrices) * 8.5 + Double(norms) * 32
    #expect(plan.bitsPerWeight == bits / Double(matrices + norms))
    #expect(plan.sizes.edge == nil && plan.sizes.cloud == nil)
  }

  @Test func bundlesAreRefused() throws {
    let scratch = try Scratch()
    let (_, edge, cloud) = try TinyModel.sharded.bundles(exits: [2, 4], into: scratch)
    for bundle in [edge, cloud] {
      try expectRefusal("found \(bundle.manifest.role.rawValue)", "cleave partition") {
        try planned(bundle.path, settings(.q4_0))
      }
    }
  }
}
