import CleaveModel
import CleaveRuntime

/// What bundles are asked while they are judged, and the whole model as the truth. `Trial` runs the
/// artifacts; tests put a liar in its place, to see that every check can fail.
package protocol TrialSubject: AnyObject {
  var prompts: [[Int]] { get }
  var exits: [ExitRecord] { get }
  /// The whole model's greedy tokens.
  func wholeModel(_ prompt: [Int]) async throws -> [Int]
  /// The bundles' tokens with every exit switched off.
  func exitsOff(_ prompt: [Int]) async throws -> [Int]
  /// Every answer at the shipped thresholds, and the bytes sent to the cloud.
  func shipped(
    _ prompt: [Int], standalone: Bool
  ) async throws -> (answers: [Answer], bytesUp: Int)
  /// What the whole model would have said at the place of each of these tokens after the prompt.
  func teacherForced(_ prompt: [Int], _ tokens: [Int]) async throws -> [Int]
  /// What an exit says after this text when every block before it has run on every token.
  func exitAlone(depth: Int, after text: [Int]) async throws -> Int
}

/// The checks that run the bundles.
package struct BehaviourChecks {
  /// In the order they are reported.
  static let names = ["exactness", "cloud answers", "exit answers", "standalone"]

  private let trial: any TrialSubject
  private let progress: (_ stage: String, _ done: Int, _ total: Int) -> Void

  package init(
    _ trial: any TrialSubject,
    progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) {
    self.trial = trial
    self.progress = progress
  }

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

  /// Thresholds above 1: every token comes from the cloud and must be the whole model's.
  private func exactness() async throws -> VerificationReport.Check {
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

  private func mode(standalone: Bool) async throws -> ModeTrial {
    var mode = ModeTrial(standalone: standalone, exits: trial.exits)
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

  /// A deeper exit, or one with a tail, must say the same whether or not earlier tokens skipped its
  /// blocks.
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
