import CleaveEvaluate
import CleaveModel
import CleaveText

/// Runs policies on prompts and measures the loss of what they answer.
struct PolicyRunner {
  private let recording: Recording
  private let meter: LossMeter
  let tokenizer: Tokenizer
  let stopTokens: Set<Int>
  let exitCount: Int

  /// - Parameter artifact: the model or edge bundle that is calibrated.
  init(_ recording: Recording, _ artifact: Artifact, loss: PromptLoss) throws {
    self.recording = recording
    tokenizer = try artifact.tokenizer()
    meter = LossMeter(loss)
    stopTokens = Set(artifact.manifest.tokens.endOfText)
    exitCount = artifact.manifest.exits.count
  }

  /// - Parameter prompts: indices of the recording's prompts.
  func callAsFunction(_ policy: SignalPolicy, on prompts: [Int]) async throws -> PolicyRun {
    let off = SignalPolicy.off(exits: exitCount, signal: policy.signal)
    let truths = try recording.walks(off, of: prompts)
    let walks = try recording.walks(policy, of: prompts)
    let judged = zip(prompts, zip(walks, truths)).map { prompt, walks in
      JudgedText(
        prompt: recording.prompts[prompt].text, tokens: walks.0.tokens, truths: walks.0.truths,
        text: text(walks.0), modelText: text(walks.1), modelTokens: walks.1.tokens,
        references: recording.prompts[prompt].references)
    }
    return PolicyRun(policy: policy, walks: walks, losses: try await meter.losses(of: judged))
  }

  private func text(_ walk: Walk) -> String {
    tokenizer.decode(walk.tokens.filter { !stopTokens.contains($0) })
  }
}
