import CleaveModel
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// Tests `--target-bpw`.
@Suite struct AllocatorTests {
  private let scratch: Scratch
  private let text: CalibrationText

  init() throws {
    scratch = try Scratch()
    text = try CalibrationText(in: scratch)
  }

  private func plan(
    _ model: Artifact, _ bits: Double,
    among types: [TensorType] = QuantizationSettings.standardTypes, overrides: [String] = [],
    allowRequantize: Bool = false, progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) throws -> (plan: QuantizationPlan, allocation: Allocation?) {
    var settings = QuantizationSettings(bitsPerWeight: bits, among: types)
    settings.overrides = try overrides.map { try TensorOverride($0) }
    settings.allowRequantize = allowRequantize
    settings.text = text.settings(windows: 1)
    var quantizer = Quantizer(source: model.path, target: scratch("out"), settings: settings)
    quantizer.progress = { progress($1, $2) }
    return try quantizer.plan()
  }

  @Test(arguments: [4.6, 5.5, 8.0])
  func theTargetIsMetAndUsed(bits: Double) throws {
    let model = try SmallModel(tied: bits < 6).make(in: scratch)
    var seen: [(Int, Int)] = []
    let (plan, found) = try plan(model, bits) { seen.append(($0, $1)) }
    let allocation = try #require(found)
    #expect(plan.bitsPerWeight <= bits)
    #expect(plan.bitsPerWeight > bits - 0.1)
    let matrices = plan.entries.filter { !$0.name.contains("norm") }
    #expect(allocation.choices.map(\.name) == matrices.map(\.name))
    #expect(allocation.choices.map(\.type) == matrices.map(\.type))
    #expect(plan.entries.allSatisfy { $0.name.contains("norm") ? $0.isCopied : !$0.isFallback })
    #expect(seen.map(\.0) == Array(1...matrices.count))
    #expect(seen.allSatisfy { $0.1 == matrices.count })
    for choice in allocation.choices {
      #expect(choice.probe == .q4_0 && choice.divergence > 0)
      #expect(choice.predicted >= 0 && choice.predicted <= 1.001 * choice.divergence)
    }
    let sum = allocation.choices.reduce(0) { $0 + $1.predicted }
    #expect(allocation.predictedDivergence == sum)
    #expect(allocation.tokens == 64)
  }

  @Test func moreBitsLoseLess() throws {
    let model = try SmallModel().make(in: scratch)
    let losses = try [4.6, 5.5, 8.0].map {
      try #require(try plan(model, $0, among: [.q4_0, .q5_0, .q8_0]).allocation).predictedDivergence
    }
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "\(losses)")
  }

  /// Matrices on which the model's output depends more get more bits.
  @Test func whatMattersGetsMore() throws {
    let name = "blocks.1.feed_forward.down.weight"
    var random = SplitMix64(seed: 21)
    let loud = Dictionary(
      uniqueKeysWithValues: (0..<256 * 512).map { ($0, 4 * random.weight()) })
    let model = try SmallModel(weights: [name: loud]).make(in: scratch)
    let (plan, allocation) = try plan(model, 5)
    let choices = try #require(allocation).choices
    let downs = choices.filter { $0.name.contains("down") }
    #expect(downs.max { $0.divergence < $1.divergence }?.name == name)
    func bits(_ name: String) -> Double {
      plan.entries.first { $0.name == name }.map { Double(8 * $0.bytes) / Double($0.elements) } ?? 0
    }
    for other in ["blocks.0.feed_forward.down.weight", "blocks.2.feed_forward.down.weight"] {
      #expect(bits(name) > bits(other), "\(other)")
    }
  }

  /// The target named in the error message can be reached.
  @Test func aTargetOutOfReach() throws {
    let model = try SmallModel().make(in: scratch)
    var message = ""
    do {
      _ = try plan(model, 3.9) { _, _ in Issue.record("measured before it was refused") }
    } catch let error as SettingError { message = "\(error)" }
    #expect(
      message.contains("bits per weight 3.9: found types that take no less than"), "\(message)")
    #expect(message.contains("Add smaller types to --types."))
    let reachable = try #require(message.split(separator: " ").compactMap { Double($0) }.last)
    let (plan, _) = try plan(model, reachable)
    #expect(plan.bitsPerWeight <= reachable && plan.bitsPerWeight > reachable - 0.002)
    try expectRefusal("no less than \(reachable) bits") { try self.plan(model, reachable - 0.002) }
  }

  @Test func typesThatFillNoRows() throws {
    let model = try SmallModel(hidden: 64, intermediate: 96).make(in: scratch)
    try expectRefusal("token_embedding.weight: found rows of 64", "Q4_K, Q6_K", "--types") {
      try self.plan(model, 6, among: [.q4_K, .q6_K])
    }
    // With a type that fits, types that do not fit are skipped; a type given twice counts once.
    let (plan, _) = try plan(
      model, 10, among: [.q4_K] + Array(repeating: .q8_0, count: 300))
    #expect(plan.entries.allSatisfy { $0.name.contains("norm") || $0.type == .q8_0 })
  }

  /// Types set with --tensor count towards the bits.
  @Test func overridesCount() throws {
    let model = try SmallModel().make(in: scratch)
    let (plan, _) = try plan(model, 6, overrides: ["head=F16"])
    #expect(plan.entries.first { $0.name == "head.weight" }?.type == .f16)
    #expect(plan.bitsPerWeight <= 6 && plan.bitsPerWeight > 5.9)
    try expectRefusal("bits per weight 6.0: found types that take no less than") {
      try self.plan(model, 6, overrides: ["feed_forward=F16"])
    }
  }

  /// Errors are reported before anything is measured.
  @Test func refusalsComeFirst() throws {
    func unmeasured(_: Int, _: Int) { Issue.record("measured before it was refused") }
    let model = try SmallModel().make(in: scratch)
    try expectRefusal("type by pattern quarry=Q4_0") {
      try self.plan(model, 5, overrides: ["quarry=Q4_0"], progress: unmeasured)
    }
    let blocks = try TinyModel.q4_1.imported(into: scratch, name: "blocks")
    try expectRefusal("found Q8_0; expected a float type", "--allow-requantize") {
      try self.plan(blocks, 5, progress: unmeasured)
    }
    _ = try plan(blocks, 8, allowRequantize: true)
  }

  @Test func whatIsPlannedIsWritten() throws {
    let model = try SmallModel().make(in: scratch)
    var settings = QuantizationSettings(bitsPerWeight: 5.25, among: [.q4_K, .q5_K, .q8_0])
    settings.effort = .feedback
    settings.text = text.settings(windows: 2)
    let quantizer = Quantizer(source: model.path, target: scratch("out"), settings: settings)
    let (dry, _) = try quantizer.plan()
    let (manifest, plan, allocation) = try quantizer.run()
    #expect(plan == dry)
    let written = try allTensors(Artifact(opening: scratch("out"))).mapValues(\.type)
    for entry in plan.entries { #expect(written[entry.name] == entry.type) }
    let step = try #require(manifest.provenance.last)
    let values = Dictionary(uniqueKeysWithValues: step.settings.map { ($0.name, $0.value) })
    #expect(values["target_bpw"] == "5.25" && values["types"] == "Q4_K,Q5_K,Q8_0")
    #expect(values["recipe"] == nil && values["windows"] == "2")
    for choice in try #require(allocation).choices {
      #expect(
        values["allocation \(choice.name)"]
          == "\(choice.type.rawValue), divergence \(choice.divergence) as \(choice.probe.rawValue)")
    }
    let digest = try FileDigest(ofFile: text.training)
    #expect(step.inputs.last?.digest == digest)
  }
}
