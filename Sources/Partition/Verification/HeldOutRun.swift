import CleaveExits
import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Runs the shipped policy of both modes on held-out prompts, in the same way as calibration.
struct HeldOutRun {
  private let verification: Verification
  private let record: CalibrationRecord
  private let loss: PromptLoss
  private let prompts: [PromptSet.Prompt]
  private let tokenizer: Tokenizer

  var digests: [ContentDigest] { prompts.map(\.digest) }

  /// - Throws: `InputError` if the bundle is not calibrated, or its loss cannot be measured here.
  init(_ verification: Verification) throws {
    self.verification = verification
    let settings = verification.settings
    guard let record = verification.edge.manifest.calibration else {
      throw InputError(
        file: verification.edge.path, location: "calibration", found: "none",
        expected: "a calibration to compare held-out prompts with",
        advice: "Make it with `cleave calibrate`, or leave out --held-out.")
    }
    self.record = record
    loss = try Self.loss(record, verification)
    tokenizer = try verification.edge.tokenizer()
    var wanted = PromptSet.Settings(longest: record.setting.longestPrompt)
    wanted.sources = settings.heldOut
    wanted.usesChatTemplate = record.setting.usesChatTemplate
    wanted.references = settings.references
    // The edge bundle does not know what was trained on; the data check asks the model.
    prompts = try PromptSet(wanted, verification.edge, tokenizer: tokenizer).prompts
  }

  private static func loss(
    _ record: CalibrationRecord, _ verification: Verification
  ) throws -> PromptLoss {
    let file = verification.edge.path
    guard let loss = PromptLoss(text: record.loss) else {
      throw InputError(
        file: file, location: "calibration.loss", found: "\"\(record.loss)\"",
        expected: "a loss that this version of cleave supports")
    }
    // A program named in an artifact is not run, because the artifact may come from anybody.
    if case .command = loss {
      throw InputError(
        file: file, location: "calibration.loss", found: "a program chosen by whoever calibrated",
        expected: "a loss that can be measured without running it",
        advice: "Leave out --held-out.")
    }
    guard !loss.needsReferences || verification.settings.references != nil else {
      throw InputError(
        file: file, location: "calibration.loss", found: "\(loss), against references",
        expected: "the field that contains the references", advice: "Name it with --references.")
    }
    return loss
  }

  private var exits: [ExitRecord] { verification.edge.manifest.exits }

  /// Runs bundles that have passed the integrity checks.
  func run() async throws -> [HeldOutRisk] {
    let settings = verification.settings
    let decoder = try PairDecoder(
      edge: EdgeModel(verification.edge), cloud: CloudModel(verification.cloud),
      longest: record.setting.longestPrompt + record.setting.maxTokens,
      numerics: settings.numerics, pool: ThreadPool(threads: settings.threads))
    let off = ExitPolicy.off(exits: exits.count)
    let whole = try write(off, with: decoder, stage: "held-out, whole model")
    var risks: [HeldOutRisk] = []
    for (name, mode, policyMode) in [
      ("collaborative", record.collaborative, ExitPolicy.Mode.collaborative),
      ("standalone", record.standalone, .standalone),
    ] {
      let policy = ExitPolicy(thresholds: mode.thresholds, mode: policyMode)
      let texts = try write(policy, with: decoder, stage: "held-out, \(name)")
      let losses = try await LossMeter(loss).losses(of: judged(texts, whole))
      let tokens = texts.reduce(0) { $0 + $1.tokens.count }
      risks.append(
        HeldOutRisk(
          mode: name, loss: record.loss, promise: mode.promise, calibrationRisk: mode.risk,
          calibrationCloudShare: mode.cloudShare, prompts: prompts.count,
          risk: Estimate(overWindows: losses),
          cloudShare: ratio(texts.reduce(0) { $0 + $1.fromCloud }, tokens)))
    }
    return risks
  }

  private struct Text {
    var tokens: [Int] = []
    var truths: [Int] = []
    var fromCloud = 0
  }

  private func write(
    _ policy: ExitPolicy, with decoder: PairDecoder, stage: String
  ) throws -> [Text] {
    var texts = prompts.map { _ in Text() }
    let stops = Set(verification.edge.manifest.tokens.endOfText)
    var done = 0
    try decoder.run(prompts.map(\.tokens)) { index, answers in
      let exit = policy.firstSure { answers.exits[$0].confidence(exits[$0].signal) }
      let token = exit.map { answers.exits[$0].token } ?? answers.token
      texts[index].tokens.append(token)
      texts[index].truths.append(answers.token)
      if exit == nil { texts[index].fromCloud += 1 }
      guard stops.contains(token) || texts[index].tokens.count >= record.setting.maxTokens else {
        return PairDecoder.Step(token: token, isAsked: exit == nil && policy.mode == .collaborative)
      }
      done += 1
      verification.progress(stage, done, prompts.count)
      return nil
    }
    return texts
  }

  private func judged(_ texts: [Text], _ whole: [Text]) -> [JudgedText] {
    let stops = Set(verification.edge.manifest.tokens.endOfText)
    func text(_ tokens: [Int]) -> String { tokenizer.decode(tokens.filter { !stops.contains($0) }) }
    return zip(prompts, zip(texts, whole)).map { prompt, texts in
      JudgedText(
        prompt: prompt.text, tokens: texts.0.tokens, truths: texts.0.truths,
        text: text(texts.0.tokens), modelText: text(texts.1.tokens),
        modelTokens: texts.1.tokens, references: prompt.references)
    }
  }
}
