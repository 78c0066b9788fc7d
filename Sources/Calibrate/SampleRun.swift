import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Runs the chosen policies in real edge sessions on a few prompts. This gives the samples of the report and the
/// bytes of traffic, and checks that sessions answer what was recorded in batches.
struct SampleRun {
  private static let prompts = 4
  private static let longestPrompt = 2000

  private let calibration: Calibration
  private let signal: ExitRecord.Signal
  private let edge: EdgeModel
  private let exits: [ExitRecord]
  private let cloud: CloudContextManager

  struct Result {
    var samples: [CalibrationEvidence.Sample] = []
    var traffic = CalibrationEvidence.Traffic(
      bytesUpPerToken: 0, bytesDownPerToken: 0, cloudOnlyBytesUpPerToken: 0, stateBytes: 0)
  }

  private struct Run {
    let answers: [Answer]
    let bytesUp: Int
    let bytesDown: Int
  }

  init(_ calibration: Calibration, _ signal: ExitRecord.Signal) throws {
    self.calibration = calibration
    self.signal = signal
    var records = calibration.pair.artifact.manifest.exits
    for index in records.indices { records[index].signal = signal }
    exits = records
    edge = calibration.pair.edge.reading(signal)
    cloud = CloudContextManager(
      calibration.pair.cloud, numerics: calibration.settings.numerics, pool: calibration.pair.pool)
  }

  func run(_ modes: Calibration.Modes) async throws -> Result {
    var result = Result()
    let runner = try calibration.policyRunner()
    let prompts = Array(calibration.split.calibration.prefix(Self.prompts))
    let off = SignalPolicy.off(exits: exits.count, signal: signal)
    var bytes = (up: 0, down: 0, tokens: 0, allUp: 0, allTokens: 0)
    for prompt in prompts {
      for (name, policy) in [
        ("collaborative", modes.collaborative.policy), ("standalone", modes.standalone.policy),
      ] {
        let recorded = try await runner(policy, on: [prompt])
        let run = try await self.run(policy, prompt)
        try check(run, recorded.walks[0], prompt)
        result.samples.append(sample(recorded, prompt, mode: name, runner))
        guard !policy.isStandalone else { continue }
        bytes.up += run.bytesUp
        bytes.down += run.bytesDown
        bytes.tokens += run.answers.count
      }
      let all = try await run(off, prompt)
      bytes.allUp += all.bytesUp
      bytes.allTokens += all.answers.count
    }
    result.traffic = .init(
      bytesUpPerToken: Double(bytes.up) / Double(max(1, bytes.tokens)),
      bytesDownPerToken: Double(bytes.down) / Double(max(1, bytes.tokens)),
      cloudOnlyBytesUpPerToken: Double(bytes.allUp) / Double(max(1, bytes.allTokens)),
      stateBytes: calibration.pair.artifact.manifest.configuration.hiddenSize
        * MemoryLayout<Float>.size)
    return result
  }

  private func run(_ policy: SignalPolicy, _ prompt: Int) async throws -> Run {
    let settings = calibration.settings
    let limits = calibration.recording.limits
    let generation = Generation(maxTokens: limits.maxTokens, stopTokens: limits.stopTokens)
    var client: CloudClient?
    if !policy.isStandalone {
      client = try await CloudClient(
        InProcessLink(cloud), edge: calibration.pair.edge.manifest, numerics: settings.numerics,
        encoding: calibration.pair.cloud.manifest.exactEncoding,
        feedback: EdgeSession.feedback(edge, policy: policy.exitPolicy))
    }
    let session = EdgeSession(
      edge, policy: policy.exitPolicy,
      numerics: settings.numerics, cloud: client, pool: calibration.pair.pool)
    let answers = try await generation.run(
      session, prompt: calibration.recording.prompts[prompt].tokens
    ).all
    await client?.close()
    return Run(
      answers: answers, bytesUp: await client?.bytesUp ?? 0,
      bytesDown: await client?.bytesDown ?? 0)
  }

  /// Checks that a session answered as was recorded, token by token and source by source.
  private func check(_ run: Run, _ walk: Walk, _ prompt: Int) throws {
    let recorded = walk.steps.map { step in
      Answer(
        token: step.token, source: source(step), confidence: step.confidence)
    }
    guard run.answers == recorded else {
      throw InputError(
        file: calibration.pair.artifact.path, location: "calibration prompt \(prompt)",
        found: "a session that answers otherwise than was recorded", expected: "the same answers",
        advice: "Remove the work directory and calibrate again; if that does not help, report it.")
    }
  }

  private func source(_ step: Walk.Step) -> Answer.Source {
    step.exit.map { .exit(depth: exits[$0].depth) } ?? .cloud
  }

  private func sample(
    _ recorded: PolicyRun, _ prompt: Int, mode: String, _ runner: PolicyRunner
  ) -> CalibrationEvidence.Sample {
    let steps = recorded.walks[0].steps
    var decoder = StreamingDecoder(tokenizer: runner.tokenizer)
    var texts = steps.map { step in
      runner.stopTokens.contains(step.token) ? "" : decoder.append(step.token)
    }
    if !texts.isEmpty { texts[texts.count - 1] += decoder.finish() }
    return .init(
      prompt: String(calibration.recording.prompts[prompt].text.prefix(Self.longestPrompt)),
      mode: mode, loss: recorded.losses[0],
      tokens: zip(steps, texts).map { step, text in
        .init(
          text: text, source: source(step).name,
          confidence: Double(min(1, max(0, step.confidence))),
          agrees: step.token == step.truth)
      })
  }
}
