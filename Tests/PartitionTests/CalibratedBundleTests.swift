import CleaveCalibrate
import CleaveEvaluate
import CleaveModel
import CleavePartition
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Tests `verify` with calibrated thresholds.
@Suite struct CalibratedBundleTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Numbered prompts as JSON lines.
  private func prompts(_ numbers: Range<Int>, name: String) throws -> PromptSource {
    let words = ["dog", "cat", "year", "small", "the", "in", "seven", "café"]
    let lines = numbers.map { number in
      let text = (0..<3).map { words[(number / max(1, $0 * 8) + $0) % words.count] }
      return #"{"question": "\#(text.joined(separator: " ")) \#(number)?"}"# + "\n"
    }
    try scratch.write(lines.joined(), to: name)
    return try PromptSource(parsing: "\(scratch(name)):question")
  }

  private func calibrate(
    _ path: String, cloud: String? = nil, output: String
  ) async throws -> Artifact {
    var settings = CalibrationSettings()
    settings.risk = 0.3
    settings.delta = 0.2
    settings.prompts = [try prompts(0..<60, name: "prompts.jsonl")]
    settings.maxTokens = 6
    settings.longestPrompt = 40
    settings.usesChatTemplate = false
    settings.threads = 1
    let target = try CalibratedArtifact(
      source: path, target: output, sources: [], force: false)
    let result = try await Calibration(path, cloud: cloud, settings: settings, work: nil).run()
    _ = try target.write(result, settings: [])
    return try Artifact(opening: output)
  }

  private func calibratedBundles() async throws -> (
    edge: Artifact, cloud: Artifact, model: Artifact
  ) {
    let exits = try TinyModel.q4_1.withExits([2, 4], threshold: 0.5, into: scratch)
    let model = try await calibrate(exits.path, output: scratch("calibrated"))
    let (edge, cloud) = try TinyModel.partition(model, into: scratch)
    return (edge, cloud, model)
  }

  /// Bundles are calibrated with a cloud of all blocks as with another.
  @Test func aCloudThatTakesTokensCalibrates() async throws {
    let exits = try TinyModel.q4_1.withExits([2, 4], threshold: 0.5, into: scratch)
    var thresholds: [[Double]] = []
    for takesTokens in [false, true] {
      let own = try Scratch()
      let (edge, cloud) = try TinyModel.partition(exits, cloudTakesTokens: takesTokens, into: own)
      let calibrated = try await calibrate(edge.path, cloud: cloud.path, output: own("calibrated"))
      thresholds.append(calibrated.manifest.exits.map(\.threshold))
    }
    #expect(thresholds[0] == thresholds[1])
  }

  private func replace(_ manifest: Manifest, in artifact: Artifact) throws {
    let name = String(artifact.path.dropFirst(scratch.path.count + 1)) + "/manifest.json"
    try scratch.remove(name)
    try scratch.write(manifest.json.text() + "\n", to: name)
  }

  private func verify(
    _ bundles: (edge: Artifact, cloud: Artifact, model: Artifact),
    _ change: (inout Verification.Settings) -> Void = { _ in }
  ) async throws -> VerificationReport {
    var settings = Verification.Settings()
    settings.prompts = ["The small dog", "In the year 1995"]
    settings.maxTokens = 6
    settings.threads = 1
    change(&settings)
    return try await Verification(
      edge: bundles.edge, cloud: bundles.cloud, model: bundles.model, settings: settings
    ).run()
  }

  private func check(_ name: String, _ report: VerificationReport) throws
    -> VerificationReport.Check
  {
    try #require(report.checks.first { $0.name == name })
  }

  /// The policy is copied to the edge, and new prompts are measured against its promise.
  @Test func thePolicyFlowsIntoBundlesAndIsJudgedOnNewPrompts() async throws {
    let bundles = try await calibratedBundles()
    #expect(bundles.edge.manifest.calibration == bundles.model.manifest.calibration)
    #expect(bundles.cloud.manifest.calibration == nil)
    let heldOut = try prompts(100..<120, name: "new.jsonl")
    let report = try await verify(bundles) { $0.heldOut = [heldOut] }
    #expect(report.verified, "\(report.checks)")
    #expect(try check("calibration", report).passed == true)
    #expect(try check("data", report).detail.contains("none of 22 prompts"))
    #expect(report.heldOut.map(\.mode) == ["collaborative", "standalone"])
    #expect(report.heldOut.allSatisfy { $0.prompts == 20 })
    let record = try #require(bundles.edge.manifest.calibration)
    #expect(report.heldOut[0].calibrationRisk == record.collaborative.risk)
    #expect(report.heldOut[0].promise == record.collaborative.promise)
    #expect(report.heldOut[1].cloudShare == 0)
  }

  /// A temperature is only in the manifests of model and edge; the calibration notices a change.
  @Test func whatChangedAfterCalibrationIsNotVerified() async throws {
    let bundles = try await calibratedBundles()
    for artifact in [bundles.model, bundles.edge] {
      var manifest = artifact.manifest
      manifest.exits[0].temperature = 1.25
      try replace(manifest, in: artifact)
    }
    let changed = (
      try Artifact(opening: bundles.edge.path), bundles.cloud,
      try Artifact(opening: bundles.model.path)
    )
    #expect(changed.0.manifest.calibrationIsStale)
    let report = try await verify(changed)
    #expect(!report.verified)
    #expect(try check("structure", report).passed == true)
    #expect(try check("calibration", report).passed == false)
    #expect(try check("calibration", report).detail.contains("calibrate again"))
    #expect(try check("exactness", report).passed == nil)
  }

  @Test func anotherArithmeticIsNotWhatWasCalibrated() async throws {
    let report = try await verify(try await calibratedBundles()) { $0.numerics = .exact }
    #expect(!report.verified)
    #expect(try check("calibration", report).detail.contains("verified with float32"))
  }

  /// Prompts used for calibration are found by text and in prompt files.
  @Test func promptsThatWereCalibratedOnProveNothing() async throws {
    let bundles = try await calibratedBundles()
    let text = "dog cat year 0?"
    let report = try await verify(bundles) { $0.prompts = ["The small dog", text] }
    #expect(!report.verified)
    #expect(
      try check("data", report).detail
        == "1 of the prompts were calibrated on, the first of SHA-256 \(ContentDigest(of: text).sha256)"
    )
    let source = try PromptSource(parsing: "\(scratch("prompts.jsonl")):question")
    let heldOut = try await verify(bundles) { $0.heldOut = [source] }
    #expect(!heldOut.verified)
    #expect(try check("data", heldOut).detail.hasPrefix("60 of the prompts"))
    #expect(heldOut.heldOut.isEmpty)
  }

  /// An edge bundle calibrated after partitioning has a policy that its model lacks.
  @Test func anEdgeMayBeCalibratedByItself() async throws {
    let exits = try TinyModel.q4_1.withExits([2, 4], threshold: 0.5, into: scratch)
    let (edge, cloud) = try TinyModel.partition(exits, into: scratch)
    let calibrated = try await calibrate(
      edge.path, cloud: cloud.path, output: scratch("edge-calibrated"))
    #expect(try await verify((calibrated, cloud, exits)).verified)

    // An edge with other exits is refused.
    var manifest = calibrated.manifest
    manifest.exits[1].temperature = 3
    try replace(manifest, in: calibrated)
    let report = try await verify((try Artifact(opening: calibrated.path), cloud, exits))
    #expect(try check("structure", report).detail.contains("exits differ from the model's"))
  }

  @Test func anEdgeWithoutItsModelsCalibrationFails() async throws {
    let bundles = try await calibratedBundles()
    var uncalibrated = bundles.model.manifest.exits
    for index in uncalibrated.indices { uncalibrated[index].calibrated = false }
    var model = bundles.model.manifest
    model.exits = uncalibrated
    var edge = bundles.edge.manifest
    edge.exits = uncalibrated
    edge.calibration = nil
    edge.files.removeAll { $0.path == ArtifactLayout.calibration }
    let faults = StructureCheck(
      edge: edge, cloud: bundles.cloud.manifest, model: model
    ).faults()
    #expect(faults.contains("the edge bundle has not the model's calibration"))
  }

  @Test func heldOutPromptsWantACalibration() async throws {
    let bundles = try TinyModel.q4_1.bundles(exits: [2, 4], threshold: 0.5, into: scratch)
    let source = try prompts(0..<5, name: "new.jsonl")
    await #expect(throws: InputError.self) {
      try await verify((bundles.edge, bundles.cloud, bundles.model)) { $0.heldOut = [source] }
    }
  }

  /// A program named in an artifact is not run, because the artifact may come from anybody.
  @Test func verifyRunsNoProgramOfAnArtifact() async throws {
    let bundles = try await calibratedBundles()
    let trace = scratch("trace")
    for artifact in [bundles.model, bundles.edge] {
      var manifest = artifact.manifest
      manifest.calibration?.loss = "command:touch '\(trace)'"
      try replace(manifest, in: artifact)
    }
    let changed = (
      edge: try Artifact(opening: bundles.edge.path), cloud: bundles.cloud,
      model: try Artifact(opening: bundles.model.path)
    )
    let source = try prompts(100..<110, name: "new.jsonl")
    let error = await #expect(throws: InputError.self) {
      try await verify(changed) { $0.heldOut = [source] }
    }
    #expect(error?.location == "calibration.loss")
    #expect(!FileSystem.exists(trace))
  }

  /// A bundle does not know what its exits were trained on, so that calibration cannot refuse those
  /// texts; verification asks the model.
  @Test func calibrationOnTrainedTextsIsNotVerified() async throws {
    let bundles = try await calibratedBundles()
    let evidence = try #require(try bundles.edge.calibrationEvidence())
    let record = TrainingDataRecord(trained: [evidence.calibration[0]], heldOut: [])
    let writer = try ArtifactWriter(target: scratch("trained"), sources: [], force: false)
    for file in bundles.model.manifest.files { try writer.link(file.path, from: bundles.model) }
    try writer.write(Array(record.json.text().utf8), to: ArtifactLayout.trainingData)
    _ = try writer.finish(bundles.model.manifest)
    let model = try Artifact(opening: scratch("trained"))
    let report = try await verify((bundles.edge, bundles.cloud, model))
    #expect(
      try check("data", report).detail.hasPrefix("1 of the texts calibrated on were trained on"))
  }

  @Test(arguments: [(0.05, 0.02, true), (0.14, 0.01, false), (0.14, 0.02, true)])
  func aBrokenPromiseIsOneBeyondChance(risk: Double, error: Double, kept: Bool) {
    let promise = CalibrationPromise(risk: 0.1, delta: 0.05, procedure: .betting, passed: true)
    let held = HeldOutRisk(
      mode: "collaborative", loss: "disagreement", promise: promise, calibrationRisk: 0.08,
      calibrationCloudShare: 0.5, prompts: 50, risk: Estimate(value: risk, standardError: error),
      cloudShare: 0.5)
    #expect(held.isKept == kept)
  }
}
