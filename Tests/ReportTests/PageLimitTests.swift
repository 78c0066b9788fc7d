import CleaveModel
import CleaveReport
import TestSupport
import Testing

/// Pages of numbers and lists that nobody expects.
@Suite(.timeLimit(.minutes(20))) struct PageLimitTests {
  private func page(losses: [Double]) -> String {
    let points = losses.enumerated().map { step, loss in
      BuildPage.Curve.Point(tokens: step, loss: loss, agreement: 0.5, coverage: 0.5)
    }
    return BuildPage(
      title: "t", statements: [], faults: [], stages: [], tables: [],
      curves: [.init(name: "exit 2", exit: 0, isFed: false, points: points)]
    ).html
  }

  /// Axes between numbers that have no neighbours, and over more than numbers have, once ended the process or went on for
  /// ever.
  @Test(
    arguments: [
      [1e18], [1e18, 1e18 + 1024], [.greatestFiniteMagnitude], [0, .greatestFiniteMagnitude], [0],
      [1e-300, 2e-300],
    ] as [[Double]])
  func lossesOfAnySize(losses: [Double]) {
    let html = page(losses: losses)
    // In each of the three plots.
    #expect(html.ranges(of: "<circle class=\"mark-learnt").count == 3 * losses.count)
    #expect(html.hasSuffix("</html>\n"))
  }

  @Test func planOfAnyTime() {
    for seconds in [0, 1e-12, 1, 1e300, Double.greatestFiniteMagnitude] {
      let point = PlanPage.Point(
        seconds: seconds, cloudMilliseconds: seconds, mode: 0, isOnFront: true, isBest: true,
        name: "alone")
      let page = PlanPage(
        title: "t", statements: [], modes: ["standalone"], points: [point], header: [], rows: [])
      // An axis cannot end beyond the largest number.
      #expect(page.html.contains("<title>alone: ") == (seconds <= 1e300))
    }
  }

  /// What is known of all candidates is found once: a page that asked all of them for each would not come back.
  @Test func manyCandidatesStayLinear() throws {
    let scratch = try Scratch()
    var fixture = try CalibratedArtifact(depths: [2], in: scratch)
    fixture.evidence.candidates = (0..<50_000).map {
      let outcome = CalibrationEvidence.Outcome(
        risk: $0 % 1000 == 0 ? 1 : 0.01, cloudShare: 0.5, exitShares: [0.5])
      return .init(
        thresholds: [0.5], tuning: outcome, calibration: nil, pValue: nil, passed: false)
    }
    let html = try Report(fixture.write(to: "many", in: scratch)).html
    #expect(html.contains("50000 candidates"))
    #expect(
      html.contains("50 candidates with a higher risk on the tuning prompts stand above the plot"))
  }
}
