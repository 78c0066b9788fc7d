import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Runs `cleave verify`: checks that two bundles are the two parts of a model and generate the same
/// tokens.
package struct Verification {
  /// Settings of a verification.
  package struct Settings: Sendable {
    package var prompts: [String] = VerificationPrompts.standard
    package var maxTokens = 64
    package var threads: Int?
    package var numerics = Numerics.standard
    /// The prompts on which the risk of a calibrated policy is measured, and the field of their
    /// references.
    package var heldOut: [PromptSource] = []
    package var references: String?

    package init() {}
  }

  let edge: Artifact
  let cloud: Artifact
  let model: Artifact
  let settings: Settings
  /// Called with the name of the stage, and the number of generations done and in total.
  let progress: (_ stage: String, _ done: Int, _ total: Int) -> Void

  package init(
    edge: Artifact, cloud: Artifact, model: Artifact, settings: Settings,
    progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws {
    try edge.require(role: .edge)
    try cloud.require(role: .cloud)
    try model.require(role: .model)
    try settings.checkPrompts()
    self.edge = edge
    self.cloud = cloud
    self.model = model
    self.settings = settings
    self.progress = progress
  }

  /// Runs all checks. Checks that run the bundles are skipped if an earlier one fails.
  ///
  /// - Throws: `InputError` for prompts or held-out data that cannot be used; a failed check is
  ///   part of the report instead.
  package func run() async throws -> VerificationReport {
    var report = VerificationReport(
      modelID: model.manifest.modelID, prompts: settings.prompts.count,
      maxTokens: settings.maxTokens, numerics: settings.numerics)
    report.checks.append(try hashes())
    report.checks.append(structure())
    report.checks.append(try tokenizer(intact: report.verified))
    let heldOut = settings.heldOut.isEmpty ? nil : try HeldOutRun(self)
    report.checks += try calibration(heldOut, intact: report.verified)
    guard report.verified else {
      for name in BehaviourChecks.names {
        report.checks.append(
          .init(name: name, passed: nil, detail: "not run: an earlier check failed"))
      }
      return report
    }
    try await BehaviourChecks(try VerifiedArtifacts(self), progress: progress).run(into: &report)
    if let heldOut {
      report.heldOut = try await heldOut.run()
      report.checks.append(promise(report.heldOut))
    }
    return report
  }

  private func calibration(
    _ heldOut: HeldOutRun?, intact: Bool
  ) throws -> [VerificationReport.Check] {
    guard intact else { return [] }
    let digests = settings.prompts.map(ContentDigest.init(of:)) + (heldOut?.digests ?? [])
    return try CalibrationCheck(
      edge: edge, model: model, numerics: settings.numerics, digests: digests
    ).checks()
  }

  private func promise(_ risks: [HeldOutRisk]) -> VerificationReport.Check {
    let broken = risks.filter { !$0.isKept }
    return .init(
      name: "promise", passed: broken.isEmpty,
      detail: broken.isEmpty
        ? "held-out risk is nowhere above the promise by more than chance"
        : broken.map { "\($0.mode): held-out risk \($0.risk.value) is above the promise" }
          .joined(separator: "; "))
  }

  private func hashes() throws -> VerificationReport.Check {
    try HashCheck(artifacts: [("edge", edge), ("cloud", cloud), ("model", model)])
      .run { progress("hashes", $0, $1) }
  }

  private func structure() -> VerificationReport.Check {
    let faults = StructureCheck(
      edge: edge.manifest, cloud: cloud.manifest, model: model.manifest,
      unusedExits: edge.unusedExits
    ).faults()
    let (first, last) = (cloud.manifest.blocks, edge.manifest.blocks)
    let tails = edge.manifest.exits.tailBlocks
    return .init(
      name: "structure", passed: faults.isEmpty,
      detail: faults.isEmpty
        ? "edge holds blocks 0..<\(last.upperBound)\(tails > 0 ? " and \(tails) in tails" : ""), "
          + "cloud \(first.lowerBound)..<\(first.upperBound)"
          + (edge.unusedExits == 0 ? "" : "; \(edge.unusedExits) of the exits not used")
          + (edge.manifest.calibration == model.manifest.calibration
            ? "" : "; the edge has a calibration of its own")
        : faults.joined(separator: "; "))
  }

  /// Checks that the compiled tokenizer tables match tokenizer.json.
  private func tokenizer(intact: Bool) throws -> VerificationReport.Check {
    let name = "tokenizer"
    guard intact else {
      return .init(name: name, passed: nil, detail: "not run: an earlier check failed")
    }
    // The model's tokenizer equals the edge's by the structure check, unless the edge has none.
    guard let compiled = try edge.compiledTokenizer() ?? model.compiledTokenizer() else {
      return .init(name: name, passed: true, detail: "no tables: tokenizer.json is read")
    }
    let isSame = try compiled.isEquivalent(to: Tokenizer(model.tokenizerJSON()))
    return .init(
      name: name, passed: isSame,
      detail: isSame
        ? "its tables say what tokenizer.json says"
        : "\(ArtifactLayout.compiledTokenizer) does not say what \(ArtifactLayout.tokenizer) says")
  }
}

extension SettingError.Setting {
  /// The prompts on which bundles are compared with the model.
  package static let prompts = Self("prompts")
}
