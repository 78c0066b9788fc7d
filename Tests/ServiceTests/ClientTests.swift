#if Network
  import CleaveService
  import CleaveStorage
  import TestSupport
  import Testing

  /// Other people's clients, in Python: `openai`, and lm-eval's `local-completions` beside its own run of transformers
  /// in float32 on the same checkpoint.
  @Suite(.timeLimit(.minutes(20)), .serialized) struct ClientTests {
    private static let evaluator = PythonJudge(variable: "CLEAVE_API_PYTHON")

    @Test(
      .enabled(if: PythonJudge.installed != nil, "\(PythonJudge.absence)"),
      arguments: ["model", "edge"])
    func openAIsClientIsAnswered(role: String) async throws {
      let verdict = try await ask(try #require(PythonJudge.installed), role)
      #expect(verdict.isPassed, "\(verdict.text.suffix(4000))")
      #expect(verdict.text.contains("8 at once") && verdict.text.contains("second turn"))
    }

    @Test(
      .enabled(
        if: evaluator != nil,
        "CLEAVE_API_PYTHON names no python3 that has openai, lm-eval[api], accelerate and transformers"
      ),
      arguments: ["model", "edge"])
    func scoresAreThoseOfTransformers(role: String) async throws {
      let checkpoint = Golden.path("tiny-llama3-f32")
      let verdict = try await ask(try #require(Self.evaluator), role, [checkpoint])
      #expect(verdict.isPassed, "\(verdict.text.suffix(4000))")
      #expect(verdict.text.contains("log-likelihoods, the largest difference"))
    }

    /// Runs the clients against a server of the whole model, or of the edge with its cloud.
    private func ask(
      _ judge: PythonJudge, _ role: String, _ checkpoint: [String] = []
    ) async throws -> PythonJudge.Verdict {
      let fixture = try ServiceFixture(threshold: 0.02)
      let model = try role == "model" ? fixture.whole() : fixture.pair()
      return try await ServiceFixture.serve(model) { _, address in
        try await judge.run(
          "check_api.py", ["--url", "http://\(address)/v1", "--chat"] + checkpoint)
      }
    }
  }
#endif
