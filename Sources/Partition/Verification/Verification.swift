import CleaveModel
import CleaveRuntime

/// `cleave verify`: are these two bundles the two halves of that model, and do they say what it says?
public struct Verification {
  public struct Settings: Sendable {
    public var prompts: [String] = VerificationPrompts.standard
    public var maxTokens = 64
    public var threads: Int?

    public init() {}
  }

  let edge: Artifact
  let cloud: Artifact
  let model: Artifact
  let settings: Settings
  /// Called with what is going on, and how far it is: generations done and in all.
  let progress: (_ stage: String, _ done: Int, _ total: Int) -> Void

  public init(
    edge: Artifact, cloud: Artifact, model: Artifact, settings: Settings,
    progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws {
    try edge.require(role: .edge)
    try cloud.require(role: .cloud)
    try model.require(role: .model)
    guard !settings.prompts.isEmpty else {
      throw InputError(file: "prompts", found: "none", expected: "at least one")
    }
    self.edge = edge
    self.cloud = cloud
    self.model = model
    self.settings = settings
    self.progress = progress
  }

  public func run() async throws -> VerificationReport {
    var report = VerificationReport(
      modelID: model.manifest.modelID, prompts: settings.prompts.count,
      maxTokens: settings.maxTokens)
    report.checks.append(try hashes())
    report.checks.append(structure())
    guard report.verified else {
      for name in Self.runningChecks {
        report.checks.append(.init(name: name, passed: nil, detail: "not run: the bundles differ"))
      }
      return report
    }
    let trial = try Trial(self)
    report.checks.append(try await exactness(trial))
    let collaborative = try await mode(standalone: false, trial)
    let standalone = try await mode(standalone: true, trial)
    report.collaborative = collaborative.report
    report.standalone = standalone.report
    report.checks.append(cloudAnswers(collaborative))
    report.checks.append(exitAnswers([collaborative, standalone]))
    report.checks.append(
      .init(
        name: "standalone", passed: standalone.report.tokens > 0,
        detail: "\(standalone.report.tokens) tokens without a cloud"))
    return report
  }

  private static let runningChecks = [
    "exactness", "cloud answers", "exit answers", "standalone",
  ]

  /// Every byte of every file, and no file that no manifest knows.
  private func hashes() throws -> VerificationReport.Check {
    let artifacts = [("edge", edge), ("cloud", cloud), ("model", model)]
    let total = artifacts.reduce(0) { $0 + $1.1.manifest.totalBytes }
    var done = 0
    var damaged: [String] = []
    for (name, artifact) in artifacts {
      damaged += try artifact.damagedFiles {
        done += $0
        progress("hashes", done, total)
      }.map { "\(name): \($0) has changed since it was written" }
      damaged += try artifact.strayEntries().map { "\(name): \($0) is not in the manifest" }
    }
    let files = artifacts.reduce(0) { $0 + $1.1.manifest.files.count }
    return .init(
      name: "hashes", passed: damaged.isEmpty,
      detail: damaged.isEmpty
        ? "\(files) files have the bytes their manifests say"
        : damaged.joined(separator: "; "))
  }

  private func structure() -> VerificationReport.Check {
    let faults = StructureCheck(
      edge: edge.manifest, cloud: cloud.manifest, model: model.manifest
    ).faults()
    let (first, last) = (cloud.manifest.blocks, edge.manifest.blocks)
    return .init(
      name: "structure", passed: faults.isEmpty,
      detail: faults.isEmpty
        ? "edge holds blocks 0..<\(last.upperBound), cloud \(first.lowerBound)..<\(first.upperBound)"
        : faults.joined(separator: "; "))
  }

  /// Thresholds above 1: every token comes from the cloud and must be the whole model's.
  private func exactness(_ trial: Trial) async throws -> VerificationReport.Check {
    var differences = TokenDifferences()
    for (index, prompt) in trial.prompts.enumerated() {
      differences.compare(
        expected: try await trial.wholeModel(prompt),
        found: try await trial.exitsOff(prompt), prompt: index)
      progress("exactness", index + 1, trial.prompts.count)
    }
    let summary =
      "\(differences.differing) of \(differences.tokens) tokens differ over "
      + "\(trial.prompts.count) prompts"
    return .init(
      name: "exactness", passed: differences.differing == 0 && differences.tokens > 0,
      detail: differences.first.map { "\(summary); first at \($0)" } ?? "\(summary), exits off")
  }

  private func mode(standalone: Bool, _ trial: Trial) async throws -> ModeTrial {
    var mode = ModeTrial(standalone: standalone, exits: edge.manifest.exits)
    for (index, prompt) in trial.prompts.enumerated() {
      try await mode.run(prompt, index: index, in: trial)
      progress(standalone ? "standalone" : "collaboration", index + 1, trial.prompts.count)
    }
    return mode
  }

  /// At the shipped thresholds, a token the cloud gave must still be what the whole model would say
  /// after that prefix: its context is complete.
  private func cloudAnswers(_ mode: ModeTrial) -> VerificationReport.Check {
    let cloud = mode.report.tally(.cloud)
    let wrong = cloud.tokens - cloud.agreeing
    return .init(
      name: "cloud answers", passed: wrong == 0,
      detail: "\(wrong) of \(cloud.tokens) cloud tokens differ from the whole model's"
        + (mode.firstWrongCloud.map { "; first at \($0)" } ?? ", after texts with early exits"))
  }

  /// A deeper exit must say the same whether or not earlier tokens skipped its blocks.
  private func exitAnswers(_ modes: [ModeTrial]) -> VerificationReport.Check {
    let wrong = modes.reduce(0) { $0 + $1.replayedWrong }
    let all = modes.reduce(0) { $0 + $1.replayed }
    let first = modes.lazy.compactMap(\.firstWrongReplay).first
    return .init(
      name: "exit answers", passed: wrong == 0,
      detail: "\(wrong) of \(all) answers of deeper exits differ when no block was skipped before"
        + (first.map { "; first at \($0)" } ?? ""))
  }
}
