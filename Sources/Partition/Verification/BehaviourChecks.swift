import CleaveRuntime

/// The checks that run the bundles.
package struct BehaviourChecks {
  /// The names of the checks in the order of the report.
  static let names = ["exactness", "cloud answers", "exit answers", "standalone"]

  private let subject: any VerificationSubject
  private let progress: (_ stage: String, _ done: Int, _ total: Int) -> Void

  package init(
    _ subject: any VerificationSubject,
    progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) {
    self.subject = subject
    self.progress = progress
  }

  /// Runs the checks on all prompts and adds their results to `report`.
  package func run(into report: inout VerificationReport) async throws {
    report.checks.append(try await exactness())
    let collaborative = try await mode(standalone: false)
    let standalone = try await mode(standalone: true)
    report.collaborative = collaborative.report
    report.standalone = standalone.report
    report.checks.append(cloudAnswers(collaborative))
    report.checks.append(exitAnswers([collaborative, standalone]))
    report.checks.append(
      .init(
        name: "standalone", passed: standalone.report.tokens > 0,
        detail: "\(standalone.report.tokens) tokens without a cloud"))
  }

  /// Compares tokens with all exits off: each one comes from the cloud and must equal the whole
  /// model's.
  private func exactness() async throws -> VerificationReport.Check {
    var differences = TokenDifferences()
    for (index, prompt) in subject.prompts.enumerated() {
      differences.compare(
        expected: try await subject.wholeModel(prompt),
        found: try await subject.exitsOff(prompt), prompt: index)
      progress("exactness", index + 1, subject.prompts.count)
    }
    let summary =
      "\(differences.differing) of \(differences.tokens) tokens differ over "
      + "\(subject.prompts.count) prompts"
    return .init(
      name: "exactness", passed: differences.differing == 0 && differences.tokens > 0,
      detail: differences.first.map { "\(summary); first at \($0)" } ?? "\(summary), exits off")
  }

  private func mode(standalone: Bool) async throws -> ModeMeasurement {
    var mode = ModeMeasurement(standalone: standalone, exits: subject.exits)
    for (index, prompt) in subject.prompts.enumerated() {
      try await mode.run(prompt, index: index, in: subject)
      progress(standalone ? "standalone" : "collaboration", index + 1, subject.prompts.count)
    }
    return mode
  }

  /// Checks tokens from the cloud at the shipped thresholds: each must equal the whole model's
  /// token after the same prefix, which shows that the cloud's context is complete.
  private func cloudAnswers(_ mode: ModeMeasurement) -> VerificationReport.Check {
    let cloud = mode.report.tally(.cloud)
    let wrong = cloud.tokens - cloud.agreeing
    return .init(
      name: "cloud answers", passed: wrong == 0,
      detail: "\(wrong) of \(cloud.tokens) cloud tokens differ from the whole model's"
        + (mode.firstWrongCloud.map { "; first at \($0)" } ?? ", after texts with early exits"))
  }

  /// Checks deeper exits and those with a tail: they must answer the same whether or not earlier
  /// tokens skipped their blocks.
  private func exitAnswers(_ modes: [ModeMeasurement]) -> VerificationReport.Check {
    let wrong = modes.reduce(0) { $0 + $1.replayedWrong }
    let all = modes.reduce(0) { $0 + $1.replayed }
    let first = modes.lazy.compactMap(\.firstWrongReplay).first
    return .init(
      name: "exit answers", passed: wrong == 0,
      detail: "\(wrong) of \(all) answers of deeper exits differ when no block was skipped before"
        + (first.map { "; first at \($0)" } ?? ""))
  }
}
