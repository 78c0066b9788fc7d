import CleaveModel
import CleavePartition
import CleaveRuntime
import Testing

/// Each check that runs the bundles fails, and says where, if they give wrong answers. Real bundles
/// with the model's bytes do not, so a scripted subject does.
@Suite struct BehaviourChecksTests {
  private func report(_ subject: ScriptedSubject) async throws -> VerificationReport {
    var report = VerificationReport(modelID: "", prompts: 2, maxTokens: 4)
    try await BehaviourChecks(subject).run(into: &report)
    return report
  }

  private func failed(_ report: VerificationReport) -> [String] {
    report.checks.filter { $0.passed != true }.map(\.name)
  }

  @Test func honestBundlesPass() async throws {
    let report = try await report(ScriptedSubject())
    #expect(report.verified, "\(report.checks)")
    #expect(report.collaborative?.tokens == 8)
    #expect(report.collaborative?.cloudRequestRate == 0.5)
    #expect(report.collaborative?.bytesUpPerToken == 25)
    #expect(report.collaborative?.bytesDownPerToken == 10)
  }

  @Test func aTokenThatDiffersWithExitsOffFails() async throws {
    let subject = ScriptedSubject()
    subject.exitsOffTokens = [7, 7, 9, 7]
    let report = try await report(subject)
    #expect(failed(report) == ["exactness"])
    #expect(
      report.checks[0].detail
        == "2 of 8 tokens differ over 2 prompts; first at prompt 0, token 2: 9, the model says 7")
  }

  @Test func aCloudTokenThatIsNotTheModelsFails() async throws {
    let subject = ScriptedSubject()
    subject.collaborative[2] = .init(token: 8, source: .cloud, confidence: 1)
    let report = try await report(subject)
    #expect(failed(report) == ["cloud answers"])
    #expect(
      report.checks[1].detail
        == "2 of 4 cloud tokens differ from the whole model's; first at prompt 0, token 2")
  }

  /// An exit may differ from the whole model: agreement measures that.
  @Test func anExitThatDiffersFromTheModelIsCountedOnly() async throws {
    let subject = ScriptedSubject()
    subject.collaborative[0] = .init(token: 5, source: .exit(depth: 2), confidence: 1)
    let report = try await report(subject)
    #expect(report.verified)
    #expect(report.collaborative?.agreement == 0.75)
  }

  @Test func anExitThatLosesItsBackfillFails() async throws {
    let subject = ScriptedSubject()
    subject.exitAloneToken = 6
    let report = try await report(subject)
    #expect(failed(report) == ["exit answers"])
    // Counts the deeper exit's last answer of each prompt in both modes.
    #expect(report.checks[2].detail.hasPrefix("4 of 4 answers of deeper exits differ"))
    #expect(report.checks[2].detail.hasSuffix("first at prompt 0, token 3"))
  }

  /// Where states come back every answer of such an exit is read again, and so is one that is wrong in the middle.
  @Test func anExitThatForgetsWhatCameBackFails() async throws {
    let subject = ScriptedSubject()
    subject.exits[0].body = .tail(blocks: 1)
    subject.exits[0].feedback = ExitFeedback(depth: 4)
    subject.exitAloneToken = 6
    let report = try await report(subject)
    #expect(failed(report) == ["exit answers"])
    #expect(report.checks[2].detail.hasPrefix("12 of 12 answers of deeper exits differ"))
    #expect(report.checks[2].detail.hasSuffix("first at prompt 0, token 0"))
  }

  @Test func anEdgeThatSaysNothingAloneFails() async throws {
    let subject = ScriptedSubject()
    subject.standalone = []
    #expect(failed(try await report(subject)) == ["standalone"])
  }
}

/// Bundles and a model that always answer 7, except where a test changes an answer.
private final class ScriptedSubject: VerificationSubject {
  let prompts = [[1, 2], [3]]
  var exits = [ExitRecord(depth: 2, threshold: 0.9), ExitRecord(depth: 4, threshold: 0.9)]
  var exitsOffTokens = [7, 7, 7, 7]
  var collaborative: [Answer] = [
    .init(token: 7, source: .exit(depth: 2), confidence: 1),
    .init(token: 7, source: .cloud, confidence: 1), .init(token: 7, source: .cloud, confidence: 1),
    .init(token: 7, source: .exit(depth: 4), confidence: 1),
  ]
  var standalone: [Answer] = [
    .init(token: 7, source: .exit(depth: 2), confidence: 1),
    .init(token: 7, source: .exit(depth: 2), confidence: 1),
    .init(token: 7, source: .exit(depth: 2), confidence: 1),
    .init(token: 7, source: .exit(depth: 4), confidence: 1),
  ]
  var exitAloneToken = 7

  func wholeModel(_ prompt: [Int]) -> [Int] { [7, 7, 7, 7] }
  func exitsOff(_ prompt: [Int]) -> [Int] { exitsOffTokens }
  func shipped(_ prompt: [Int], standalone: Bool) -> ShippedAnswers {
    standalone
      ? ShippedAnswers(answers: self.standalone)
      : ShippedAnswers(answers: collaborative, bytesUp: 100, bytesDown: 40)
  }
  func teacherForced(_ prompt: [Int], _ tokens: [Int]) -> [Int] { tokens.map { _ in 7 } }
  func exitTokens(after text: [Int], last count: Int, asked: [Int]) -> [[Int]] {
    exits.map { _ in Array(repeating: exitAloneToken, count: count) }
  }
}
