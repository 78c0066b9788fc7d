import CleaveEvaluate
import CleaveModel
import CleaveText

/// A policy run closed-loop on some prompts.
struct Trial {
  let policy: Policy
  let walks: [Walk]
  /// Of each prompt.
  let losses: [Double]

  var outcome: CalibrationEvidence.Outcome {
    let steps = walks.flatMap(\.steps)
    func share(_ exit: Int?) -> Double {
      Double(steps.count { $0.exit == exit }) / Double(max(1, steps.count))
    }
    return .init(
      risk: losses.reduce(0, +) / Double(max(1, losses.count)), cloudShare: share(nil),
      exitShares: policy.thresholds.indices.map { share($0) })
  }
}

/// Runs policies on prompts and judges them.
struct Trials {
  let recording: Recording
  let tokenizer: Tokenizer
  let meter: LossMeter
  let stopTokens: Set<Int>
  let exitCount: Int

  init(_ calibration: Calibration) throws {
    recording = calibration.recording
    tokenizer = try calibration.pair.artifact.tokenizer()
    meter = LossMeter(calibration.settings.loss)
    let manifest = calibration.pair.artifact.manifest
    stopTokens = Set(manifest.tokens.endOfText)
    exitCount = manifest.exits.count
  }

  func callAsFunction(_ policy: Policy, on prompts: [Int]) throws -> Trial {
    let off = Policy.off(exits: exitCount, signal: policy.signal)
    let truths = try recording.walks(off, of: prompts)
    let walks = try recording.walks(policy, of: prompts)
    let judged = zip(prompts, zip(walks, truths)).map { prompt, walks in
      JudgedText(
        prompt: recording.prompts[prompt].text, tokens: walks.0.tokens, truths: walks.0.truths,
        text: text(walks.0), modelText: text(walks.1), modelTokens: walks.1.tokens,
        references: recording.prompts[prompt].references)
    }
    return Trial(policy: policy, walks: walks, losses: try meter.losses(of: judged))
  }

  private func text(_ walk: Walk) -> String {
    tokenizer.decode(walk.tokens.filter { !stopTokens.contains($0) })
  }
}
