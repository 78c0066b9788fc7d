import CleaveKernels
import CleaveModel
import CleavePartition
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// Tests of the written artifact.
@Suite struct QuantizerTests {
  private let exits = [
    ExitRecord(depth: 1, temperature: 1.5, threshold: 0.5, trained: true, calibrated: true),
    ExitRecord(depth: 2, threshold: 0.7),
  ]

  private func run(
    _ source: Artifact, to target: String, _ settings: QuantizationSettings, threads: Int? = nil
  ) throws -> (Artifact, QuantizationPlan) {
    var quantizer = Quantizer(source: source.path, target: target, settings: settings)
    quantizer.threads = threads
    let (manifest, plan, _) = try quantizer.run()
    let artifact = try Artifact(opening: target)
    #expect(artifact.manifest == manifest)
    return (artifact, plan)
  }

  @Test(arguments: Recipe.allCases, [64, 256]) func theDryRunSaysWhatIsWritten(
    recipe: Recipe, hidden: Int
  ) throws {
    let scratch = try Scratch()
    let model = try SmallModel(hidden: hidden, tied: hidden == 64, exits: exits).make(in: scratch)
    let settings = try settings(recipe)
    let dry = try planned(model.path, settings)
    let (artifact, plan) = try run(model, to: scratch("out"), settings)
    #expect(dry == plan)
    let written = Dictionary(
      uniqueKeysWithValues: artifact.manifest.files.flatMap(\.tensors).map { ($0.name, $0) })
    for entry in dry.entries {
      #expect(
        written[entry.name] == TensorRecord(name: entry.name, type: entry.type, shape: entry.shape))
    }
    #expect(artifact.manifest.totalBytes == dry.sizes.model)
    let (edge, cloud, _) = try Partitioner(
      source: artifact.path, edge: scratch("edge"), cloud: scratch("cloud")
    ).run()
    #expect(edge.totalBytes == dry.sizes.edge)
    #expect(cloud.totalBytes == dry.sizes.cloud)
  }

  /// Its rows are those of the head as it was rounded; what is not rounded stays the file it was.
  @Test(arguments: [true, false], [QuantizationSettings.Effort.search, .feedback])
  func anExitVocabularyIsRoundedWithTheHead(
    tied: Bool, effort: QuantizationSettings.Effort
  ) throws {
    let scratch = try Scratch()
    let plain = try SmallModel(tied: tied, exits: [ExitRecord(depth: 1, threshold: 0.5)])
      .make(in: scratch)
    let model = try VocabularyModel.make(
      [0, 17, 319], of: plain, includesText: tied, into: scratch)
    var wanted = try settings(.q4_0, effort: effort)
    if effort == .feedback { wanted.text = try CalibrationText(in: scratch).settings() }
    let (artifact, plan) = try run(model, to: scratch("out"), wanted)
    let (tokens, rows, _) = try #require(try artifact.exitVocabulary())
    let head = try artifact.unembedding()
    #expect(tokens == [0, 17, 319] && rows.type == .q8_0 && head.type == .q8_0)
    for (index, token) in tokens.enumerated() {
      #expect(row(index, of: rows) == row(Int(token), of: head))
    }
    #expect(artifact.manifest.totalBytes == plan.sizes.model)
    let (edge, _, _) = try Partitioner(
      source: artifact.path, edge: scratch("edge"), cloud: scratch("cloud")
    ).run()
    #expect(edge.totalBytes == plan.sizes.edge)
    let kept = try settings(.q4_0, overrides: ["token_embedding|head=F32"])
    let (same, _) = try run(model, to: scratch("same"), kept)
    let path = ArtifactLayout.exitVocabulary
    #expect(same.manifest.file(path) == model.manifest.file(path))
  }

  private func row(_ row: Int, of tensor: Tensor) -> [UInt8] {
    tensor.withBytes { Array($0[row * tensor.rowBytes..<(row + 1) * tensor.rowBytes]) }
  }

  /// The bytes do not depend on the number of rows converted at a time. Norms, exits and tokenizer
  /// are unchanged.
  @Test(arguments: [QuantizationSettings.Effort.plain, .search])
  func contents(effort: QuantizationSettings.Effort) throws {
    let scratch = try Scratch()
    let model = try SmallModel(exits: exits).make(in: scratch)
    let (artifact, plan) = try run(
      model, to: scratch("out"),
      settings(.balanced, overrides: ["gate=Q8_0", "up=F16", "query=F32"], effort: effort))
    let (before, after) = (try allTensors(model), try allTensors(artifact))
    for entry in plan.entries {
      let source = try #require(before[entry.name])
      let expected =
        entry.isCopied
        ? bytes(source)
        : quantized(source, to: entry.type, effort: effort == .plain ? CK_PLAIN : CK_SEARCH)
      let found = bytes(try #require(after[entry.name]))
      #expect(found == expected, "\(entry.name)")
    }
    for path in ["tokenizer.json", "exits/exit-0001.safetensors", "exits/exit-0002.safetensors"] {
      #expect(artifact.manifest.file(path) == model.manifest.file(path))
    }
  }

  @Test func identityExitsAndProvenance() throws {
    let scratch = try Scratch()
    let model = try SmallModel(exits: exits).make(in: scratch)
    let (artifact, _) = try run(
      model, to: scratch("out"), settings(.q4_0, overrides: ["gate=Q8_0"]))
    let manifest = artifact.manifest
    #expect(manifest.modelID != model.manifest.modelID)
    var expected = exits
    expected[0].calibrated = false
    #expect(manifest.exits == expected)
    // The calibration record is kept and is stale, because the weights have changed.
    #expect(!model.manifest.calibrationIsStale && manifest.calibrationIsStale)
    let step = try #require(manifest.provenance.last)
    #expect(step.step == "quantize")
    let digest = try model.manifestDigest()
    #expect(step.inputs.map(\.digest) == [digest])
    let lines = step.settings.map { setting in setting.name + "=" + setting.value }
    #expect(
      lines == [
        "recipe=q4_0", "effort=plain", "allow_requantize=false", "tensor_0=gate=Q8_0",
      ])
    #expect(try artifact.damagedFiles().isEmpty)
  }

  @Test func threadsDoNotShow() throws {
    let scratch = try Scratch()
    let model = try SmallModel().make(in: scratch)
    let manifests = try [1, 2, 3].map { (threads: Int) in
      try run(
        model, to: scratch("out-\(threads)"), settings(.balanced, effort: .search),
        threads: threads
      ).0.manifest
    }
    #expect(manifests[1] == manifests[0] && manifests[2] == manifests[0])
  }

  @Test func whatHasItsTypeIsTakenOver() throws {
    let scratch = try Scratch()
    let model = try SmallModel().make(in: scratch)
    let (once, _) = try run(model, to: scratch("once"), settings(.q8_0))
    let (twice, _) = try run(once, to: scratch("twice"), settings(.q8_0))
    #expect(twice.manifest.files == once.manifest.files)
    #expect(twice.manifest.modelID == once.manifest.modelID)
  }

  @Test func roundingTwiceWithLeave() throws {
    let scratch = try Scratch()
    let model = try SmallModel().make(in: scratch)
    let (once, _) = try run(model, to: scratch("once"), settings(.q8_0))
    let (twice, _) = try run(
      once, to: scratch("twice"), settings(.q4_0, effort: .search, allowRequantize: true))
    let name = "blocks.1.feed_forward.up.weight"
    let source = try #require(allTensors(once)[name])
    let found = bytes(try #require(allTensors(twice)[name]))
    #expect(found == quantized(source, to: .q4_0, effort: CK_SEARCH))
  }

  @Test(arguments: [
    (Float.nan, "found nan; expected a finite number", Recipe.q4_0),
    (-.infinity, "found -inf; expected a finite number", .f16),
    (3e38, "found 3e+38; expected a weight whose block Q4_0", .q4_0),
    (70000, "found 70000.0; expected a weight whose block F16", .f16),
  ])
  func weightsThatNoBlockHolds(value: Float, text: String, recipe: Recipe) throws {
    let scratch = try Scratch()
    let name = "blocks.1.attention.key.weight"
    let model = try SmallModel(weights: [name: [256 * 5 + 17: value]]).make(in: scratch)
    try expectRefusal("weights/block-0001.safetensors: \(name)[5, 17]: \(text)") {
      try Quantizer(source: model.path, target: scratch("out"), settings: settings(recipe)).run()
    }
    #expect(!FileSystem.exists(scratch("out")))
    #expect(Scratch.entries(scratch.path) == ["model"])
  }

  @Test func aDamagedModelIsRefused() throws {
    let scratch = try Scratch()
    let model = try SmallModel().make(in: scratch)
    let file = "model/weights/block-0002.safetensors"
    var bytes = try readFile(scratch(file))
    bytes[bytes.count - 6] ^= 1
    try scratch.write(bytes, to: file)
    try expectRefusal("block-0002.safetensors: found other bytes") {
      try Quantizer(source: model.path, target: scratch("out"), settings: settings(.q4_0)).run()
    }
  }

  @Test func anArtifactThatIsThereStays() throws {
    let scratch = try Scratch()
    let model = try SmallModel().make(in: scratch)
    var quantizer = Quantizer(
      source: model.path, target: scratch("out"), settings: try settings(.q4_0))
    let first = try quantizer.run().manifest
    try expectRefusal("something there already", "--force") { try quantizer.run() }
    quantizer.force = true
    let second = try quantizer.run().manifest
    #expect(second == first)
  }

  @Test func progressEndsAtItsTotal() throws {
    let scratch = try Scratch()
    let model = try SmallModel().make(in: scratch)
    var quantizer = Quantizer(
      source: model.path, target: scratch("out"), settings: try settings(.q4_0))
    var seen: [(Int, Int)] = []
    quantizer.progress = { seen.append(($1, $2)) }
    _ = try quantizer.run()
    let last = try #require(seen.last)
    #expect(last.0 == last.1)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.0 <= $1.0 })
  }
}
