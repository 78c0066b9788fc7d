import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Runs `cleave verify` on the bundles of more than two tiers: checks that they are the parts of a model, that with all
/// exits off they generate the whole model's tokens, and that at the shipped thresholds each answer, and who gave it,
/// is that of an edge with all the exits.
package struct TierVerification {
  private let tiers: [Artifact]
  private let model: Artifact
  private let settings: Verification.Settings
  private let progress: (_ stage: String, _ done: Int, _ total: Int) -> Void

  /// - Parameter tiers: the bundles, the device's first.
  /// - Throws: `InputError` for a bundle that cannot be where it is.
  package init(
    tiers: [Artifact], model: Artifact, settings: Verification.Settings,
    progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws {
    precondition(tiers.count > 2, "two bundles are verified by `Verification`")
    try model.require(role: .model)
    for (index, tier) in tiers.enumerated() {
      try tier.require(role: index == 0 ? .edge : index == tiers.count - 1 ? .cloud : .middle)
    }
    try settings.checkPrompts()
    self.tiers = tiers
    self.model = model
    self.settings = settings
    self.progress = progress
  }

  /// Runs all checks. Those that run the bundles are skipped if an earlier one fails.
  ///
  /// - Throws: `InputError` for prompts that cannot be used; a failed check is part of the report instead.
  package func run() async throws -> VerificationReport {
    var report = VerificationReport(
      modelID: model.manifest.modelID, prompts: settings.prompts.count,
      maxTokens: settings.maxTokens, numerics: settings.numerics)
    let named = tiers.enumerated().map { ("tier \($0)", $1) } + [("model", model)]
    report.checks.append(
      try HashCheck(artifacts: named).run { progress("hashes", $0, $1) })
    let faults = faults()
    report.checks.append(
      .init(
        name: "structure", passed: faults.isEmpty,
        detail: faults.isEmpty
          ? "the tiers hold blocks "
            + tiers.map { "\($0.manifest.blocks)" }.joined(separator: ", ")
          : faults.joined(separator: "; ")))
    guard report.verified else {
      for name in ["exactness", "exits"] {
        report.checks.append(
          .init(name: name, passed: nil, detail: "not run: an earlier check failed"))
      }
      return report
    }
    let bundles = try TierBundles(tiers, model, settings)
    report.checks.append(
      try await check("exactness", "with all exits off the tokens are the whole model's", bundles) {
        (try await bundles.answers($0, off: true).map(\.token), try await bundles.whole($0))
      })
    report.checks.append(
      try await check("exits", "each answer is that of an edge with all the exits", bundles) {
        (try await bundles.answers($0, off: false), try await bundles.oneEdge($0))
      })
    return report
  }

  /// Compares two ways to generate on every prompt.
  private func check<Said: Equatable>(
    _ name: String, _ meaning: String, _ bundles: TierBundles,
    _ generate: ([Int]) async throws -> (tiers: [Said], expected: [Said])
  ) async throws -> VerificationReport.Check {
    var faults: [String] = []
    var count = 0
    for (index, prompt) in bundles.prompts.enumerated() {
      let (said, expected) = try await generate(prompt)
      count += said.count
      if said != expected {
        let place = zip(said, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        faults.append("prompt \(index), token \(place ?? min(said.count, expected.count))")
      }
      progress(name, index + 1, bundles.prompts.count)
    }
    return .init(
      name: name, passed: faults.isEmpty,
      detail: faults.isEmpty
        ? "\(meaning): \(count) on \(bundles.prompts.count) prompts"
        : "differs in " + faults.joined(separator: "; "))
  }

  /// What of the bundles is not that of the model's tiers, in words. Provenance is not compared.
  private func faults() -> [String] {
    let depths = tiers.dropLast().map { $0.manifest.exits.last?.depth ?? 0 }
    let ends = [0] + depths + [model.manifest.configuration.blockCount]
    guard zip(ends, ends.dropFirst()).allSatisfy(<) else {
      return ["the tiers' last exits are at depths \(depths), which do not rise"]
    }
    let cuts = zip(ends, ends.dropFirst()).enumerated().map {
      Tier(name: "tier\($0)", blocks: $1.0..<$1.1)
    }
    do {
      let plan = try TierPlan(model.manifest, tiers: cuts, path: model.path)
      return zip(plan.parts, tiers).enumerated().compactMap { index, pair in
        fault(pair.1.manifest, model.manifest.part(pair.0)).map { "tier \(index): \($0)" }
      }
    } catch { return ["\(error)"] }
  }

  private func fault(_ bundle: Manifest, _ part: Manifest) -> String? {
    if bundle.modelID != part.modelID { return "of another model, \(bundle.modelID)" }
    if bundle.blocks != part.blocks { return "blocks \(bundle.blocks), not \(part.blocks)" }
    if bundle.exits != part.exits { return "other exits, or other thresholds, than the model's" }
    var expected = part
    expected.provenance = bundle.provenance
    let paths = Set(expected.expectedFiles.map(\.path))
    expected.files = model.manifest.files.filter { paths.contains($0.path) }
    return bundle == expected ? nil : "configuration, tokens or files differ from the model's"
  }
}
