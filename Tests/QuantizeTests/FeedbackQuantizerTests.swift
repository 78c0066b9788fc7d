import CleaveModel
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// Quantizes whole models with `--effort feedback`.
@Suite struct FeedbackQuantizerTests {
  private let scratch: Scratch
  private let text: CalibrationText

  init() throws {
    scratch = try Scratch()
    text = try CalibrationText(in: scratch)
  }

  private func run(
    _ model: Artifact, to name: String, _ effort: QuantizationSettings.Effort = .feedback,
    overrides: [String] = [], threads: Int? = nil, windows: Int = 4
  ) throws -> Artifact {
    var settings = try settings(.q4_0, overrides: overrides, effort: effort)
    settings.text = effort == .feedback ? text.settings(windows: windows) : nil
    var quantizer = Quantizer(source: model.path, target: scratch(name), settings: settings)
    quantizer.threads = threads
    _ = try quantizer.run()
    return try Artifact(opening: scratch(name))
  }

  /// On another text, the output is nearer to the float model's than with `search`.
  @Test func answersAreNearer() async throws {
    let models = [
      try SmallModel().make(in: scratch, name: "untied"),
      try SmallModel(tied: true).make(in: scratch, name: "tied"),
      try TinyModel.sharded.imported(into: scratch, name: "sharded"),
    ]
    var ratios: [Double] = []
    for (index, model) in models.enumerated() {
      var found: [Double] = []
      for effort in [QuantizationSettings.Effort.feedback, .search] {
        let quantized = try run(
          model, to: "\(index)-\(effort)", effort, overrides: [".=Q4_0"], windows: 7)
        found.append(try await text.divergence(of: quantized, from: model))
      }
      #expect(found.allSatisfy { $0 > 0 && $0.isFinite })
      ratios.append(found[0] / found[1])
    }
    #expect(ratios.reduce(0, +) / Double(ratios.count) < 0.95, "\(ratios)")
  }

  @Test(arguments: [false, true]) func contents(tied: Bool) throws {
    let exits = [ExitRecord(depth: 1, threshold: 0.5, trained: true, calibrated: true)]
    let model = try SmallModel(tied: tied, exits: exits).make(in: scratch)
    let artifact = try run(
      model, to: "out", overrides: ["gate=F16", "blocks.1.*(query|key)=F32"])
    let (before, after) = (try allTensors(model), try allTensors(artifact))
    let plan = try planned(
      model.path, settings(.q4_0, overrides: ["gate=F16", "blocks.1.*(query|key)=F32"]))
    #expect(after.count == before.count)
    for entry in plan.entries {
      let (source, found) = (try #require(before[entry.name]), try #require(after[entry.name]))
      #expect(found.type == entry.type && found.shape == entry.shape, "\(entry.name)")
      if entry.isCopied { #expect(bytes(found) == bytes(source), "\(entry.name)") }
    }
    for path in ["tokenizer.json", "exits/exit-0001.safetensors"] {
      #expect(artifact.manifest.file(path) == model.manifest.file(path))
    }
    #expect(artifact.manifest.exits.map(\.calibrated) == [false])
    #expect(artifact.manifest.exits.map(\.trained) == [true])
    #expect(try artifact.damagedFiles().isEmpty)
    let step = try #require(artifact.manifest.provenance.last)
    let input = try #require(step.inputs.last)
    let digest = try FileDigest(ofFile: text.training)
    #expect(input.name == "training.txt" && input.digest == digest)
    let settings = Dictionary(uniqueKeysWithValues: step.settings.map { ($0.name, $0.value) })
    #expect(settings["effort"] == "feedback")
    #expect(settings["windows"] == "4" && settings["window_length"] == "64")
  }

  @Test func theSameBytesEveryTime() throws {
    let model = try SmallModel(tied: true).make(in: scratch)
    let manifests = try [1, 2, 3, 2].enumerated().map { index, threads in
      try run(model, to: "out-\(index)", threads: threads).manifest
    }
    for other in manifests.dropFirst() { #expect(other == manifests[0]) }
  }

  /// A head that also answers at exits is rounded for its inputs there; blocks are not affected.
  @Test(arguments: [false, true]) func theHeadMeetsTheExits(tied: Bool) throws {
    let overrides = ["head|token=Q4_0"]
    let plain = try SmallModel(tied: tied).make(in: scratch, name: "plain")
    let exits = try SmallModel(tied: tied, exits: [ExitRecord(depth: 1, threshold: 0.5)])
      .make(in: scratch, name: "exits")
    let found = try [plain, exits].map {
      try allTensors(try run($0, to: "\($0.manifest.exits.count)", overrides: overrides))
    }
    let head = tied ? "token_embedding.weight" : "head.weight"
    for (name, tensor) in found[0] where name == head || !tied {
      let same = bytes(tensor) == bytes(try #require(found[1][name]))
      #expect(same == (name != head), "\(name)")
    }
  }

  /// Later blocks are rounded for the output of earlier blocks, already rounded.
  @Test func blocksSeeTheirForerunners() throws {
    let model = try SmallModel().make(in: scratch)
    let found = try ["Q4_0", "Q8_0"].map {
      try allTensors(try run(model, to: $0, overrides: ["blocks.0=\($0)"]))
    }
    for (name, tensor) in found[0] where name.hasPrefix("blocks.") && !name.contains("norm") {
      #expect(bytes(tensor) != bytes(try #require(found[1][name])), "\(name)")
    }
  }

  @Test func progressEndsAtItsTotal() throws {
    let model = try SmallModel().make(in: scratch)
    var settings = try settings(.q4_0, effort: .feedback)
    settings.text = text.settings()
    var quantizer = Quantizer(source: model.path, target: scratch("out"), settings: settings)
    var seen: [Quantizer.Stage: [(done: Int, total: Int)]] = [:]
    quantizer.progress = { seen[$0, default: []].append(($1, $2)) }
    _ = try quantizer.run()
    #expect(Set(seen.keys) == [.feedback])
    for steps in seen.values {
      #expect(steps.last?.done == steps.last?.total)
      #expect(
        zip(steps, steps.dropFirst()).allSatisfy { $0.done <= $1.done && $0.total == $1.total })
    }
  }

  @Test func activationsThatOverflow() throws {
    let name = "blocks.1.attention_norm.weight"
    let model = try SmallModel(weights: [name: [3: 1e30]]).make(in: scratch)
    try expectRefusal("blocks.1.attention.key.weight: found second moments") {
      try run(model, to: "out")
    }
    #expect(!FileSystem.exists(scratch("out")))
  }

  @Test func weightsThatNoBlockHolds() throws {
    // The tensor is the head's, through which no text runs.
    let model = try SmallModel(weights: ["head.weight": [256 * 5 + 17: .infinity]]).make(
      in: scratch)
    try expectRefusal("head.safetensors: head.weight, row 5: found a weight that Q8_0") {
      try run(model, to: "out")
    }
    #expect(Set(Scratch.entries(scratch.path)) == ["model", "training.txt", "held-out.txt"])
  }
}
