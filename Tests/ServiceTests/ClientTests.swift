#if Network
  import CleaveService
  import CleaveStorage
  import Foundation
  import TestSupport
  import Testing

  /// Other people's clients, in Python: `openai`, and lm-eval's `local-completions` beside its own run of transformers
  /// in float32 on the same checkpoint.
  @Suite(.timeLimit(.minutes(10)), .serialized) struct ClientTests {
    private static let python = ProcessInfo.processInfo.environment["CLEAVE_API_PYTHON"]

    @Test(
      .enabled(
        if: python != nil,
        "CLEAVE_API_PYTHON names no python3 that has openai, lm-eval[api], accelerate and transformers"
      ),
      arguments: ["model", "edge"])
    func scoresAreThoseOfTransformers(role: String) async throws {
      let fixture = try ServiceFixture(threshold: 0.02)
      let model = try role == "model" ? fixture.whole() : fixture.pair()
      let output = try fixture.scratch.write("", to: "output.txt")
      let status = try await ServiceFixture.serve(model) { _, address in
        try await Self.run(
          [
            Golden.path("../../tools/golden/check_api.py"), "--url", "http://\(address)/v1",
            "--chat", Golden.path("tiny-llama3-f32"),
          ], output: output)
      }
      let text = String(decoding: try readFile(output), as: UTF8.self)
      #expect(status == 0, "\(text.suffix(4000))")
      #expect(text.contains("log-likelihoods, the largest difference"))
      #expect(text.hasSuffix("check_api: nothing is wrong\n"))
    }

    private static func run(_ arguments: [String], output: String) async throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: python ?? "")
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "PYTHONDONTWRITEBYTECODE": "1"]
      ) { $1 }
      let file = FileHandle(forWritingAtPath: output)
      process.standardOutput = file
      process.standardError = file
      return try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do { try process.run() } catch { continuation.resume(throwing: error) }
      }
    }
  }
#endif
