import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Exits judged with what comes back from the cloud.
@Suite struct ExitFeedbackTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    let lines = ["The small dog", "In the year 1995", "cats and"].map { "{\"q\":\"\($0)\"}" }
    try scratch.write(lines.joined(separator: "\n"), to: "p.jsonl")
  }

  private func evaluate(
    _ model: Artifact, _ feedback: FeedbackPlaces
  ) async throws -> ExitEvaluationReport { try await evaluation(model, feedback).run() }

  private func evaluation(
    _ model: Artifact, _ feedback: FeedbackPlaces
  ) throws -> ExitEvaluation {
    var settings = ExitEvaluation.Settings()
    settings.prompts = [try PromptSource(parsing: scratch("p.jsonl") + ":q")]
    settings.maxTokens = 10
    settings.usesChatTemplate = false
    settings.threads = 1
    settings.feedback = feedback
    return try ExitEvaluation(model: model, settings: settings)
  }

  private func confidences(_ report: ExitEvaluationReport) -> [[Double]] {
    report.exits.map { [$0.agreement.value, $0.calibrationError, $0.plainCalibrationError] }
  }

  @Test(arguments: FeedbackShape.all) func placesDecideWhatExitsSay(_ shape: FeedbackShape)
    async throws
  {
    let model = try TinyModel.q4_1.withFeedback(shape, threshold: 2, into: scratch)
    let alone = try await evaluate(model, .none)
    // Asked about no token, exits say what they say alone.
    let never = try await evaluate(model, .rate(0))
    #expect(confidences(never) == confidences(alone) && never.tokens == alone.tokens)
    let always = try await evaluate(model, .rate(1))
    #expect(confidences(always) != confidences(alone) && always.tokens == alone.tokens)
    // No exit is sure, so the policy asks for every token.
    let policy = try await evaluate(model, .policy)
    #expect(confidences(policy) == confidences(always))
    let down = [never, always].map { $0.traffic[0].bytesDownPerToken }
    #expect(down[0] < down[1])
    #expect(alone.traffic.map(\.bytesUpPerToken) == policy.traffic.map(\.bytesUpPerToken))
  }

  /// A trace holds what the report counts, whether something comes back or not.
  @Test(arguments: [FeedbackPlaces.none, .rate(0.5)])
  func theTraceHoldsWhatTheReportCounts(_ places: FeedbackPlaces) async throws {
    let model = try TinyModel.q4_1.withFeedback(.chain, threshold: 0.1, into: scratch)
    let evaluation = try evaluation(model, places)
    let judged = try await evaluation.judge()
    let (report, trace) = (evaluation.report(of: judged), evaluation.trace(of: judged))
    #expect(trace.modelID == model.manifest.modelID && trace.feedback == places.description)
    #expect(trace.exits == Array(model.manifest) && trace.exits.allSatisfy { !$0.sha256.isEmpty })
    #expect(trace.tokens == report.tokens && trace.texts.count == report.prompts)
    for exit in trace.exits.indices {
      let right = trace.texts.reduce(0) { sum, text in
        sum + text.truth.indices.count { text.isRight(exit: exit, token: $0) }
      }
      #expect(Double(right) / Double(trace.tokens) == report.exits[exit].agreement.value)
    }
    #expect(trace.texts.allSatisfy { ($0.asked == nil) == (places == .none) })
    // The file gives the same back.
    try trace.write(to: scratch("trace.json"), sources: [])
    #expect(try ExitTrace(path: scratch("trace.json")) == trace)
  }

  @Test func withoutFeedbackNothingCanComeBack() async throws {
    let model = try TinyModel.q4_1.withExits([2], into: scratch)
    let error = await #expect(throws: InputError.self) { try await evaluate(model, .policy) }
    #expect(error?.location == "exits" && error?.found == "no exit with feedback")
  }

  @Test func placesAreReadAsTheyAreWritten() {
    for text in ["none", "policy", "0.4", "0.0", "1.0"] {
      #expect(FeedbackPlaces(text: text)?.description == text)
    }
    for text in ["", "some", "1.1", "-0.1", "nan", "inf"] {
      #expect(FeedbackPlaces(text: text) == nil)
    }
  }
}
