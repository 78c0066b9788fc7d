import CleaveCalibrate
import CleaveEvaluate
import CleaveModel
import CleavePartition
import CleavePrompts
import CleaveStorage

extension BuildRecipe {
  func calibrationSettings() throws -> CalibrationSettings {
    let calibrate = section("calibrate")
    var settings = CalibrationSettings()
    settings.prompts = try prompts(calibrate.list("prompts"))
    settings.tuningPrompts = try prompts(calibrate.list("tuning"))
    settings.tuningShare = calibrate.number("tuning_share") ?? settings.tuningShare
    settings.references = calibrate.text("references")
    settings.risk = calibrate.number("risk") ?? settings.risk
    settings.delta = calibrate.number("delta") ?? settings.delta
    settings.standaloneRisk = calibrate.number("standalone_risk")
    settings.loss = calibrate.text("loss").flatMap { PromptLoss(text: $0) } ?? settings.loss
    settings.procedure = calibrate.text("procedure").flatMap(
      CalibrationPromise.Procedure.init(rawValue:))
    settings.signal = calibrate.text("signal").flatMap(ExitRecord.Signal.init(rawValue:))
    settings.maxTokens = calibrate.integer("max_tokens") ?? settings.maxTokens
    settings.longestPrompt = calibrate.integer("max_prompt_tokens") ?? settings.longestPrompt
    settings.usesChatTemplate = calibrate.flag("chat_template") ?? true
    settings.seed = calibrate.integer("seed").map(UInt64.init) ?? settings.seed
    // Not the command line: it would differ where the artifact need not.
    settings.command = ["cleave", "build"]
    return settings
  }

  var qualitySettings: Evaluation.Settings {
    let quality = section("quality")
    var settings = Evaluation.Settings()
    settings.windows = quality.integer("windows")
    settings.windowLength = quality.integer("window_length") ?? settings.windowLength
    return settings
  }

  /// - Parameter places: `none` or `policy`.
  func evaluationSettings(_ places: FeedbackPlaces) throws -> ExitEvaluation.Settings {
    let evaluate = section("evaluate")
    var settings = ExitEvaluation.Settings()
    settings.prompts = try prompts(evaluate.list("prompts"))
    settings.maxTokens = evaluate.integer("max_tokens") ?? settings.maxTokens
    settings.feedback = places
    return settings
  }

  /// The places where exits are measured, one after another.
  var evaluatedPlaces: [FeedbackPlaces] {
    let list = section("evaluate").list("feedback").compactMap {
      $0.scalar.flatMap { FeedbackPlaces(text: $0) }
    }
    return has("evaluate") ? (list.isEmpty ? [.none] : list) : []
  }

  func verificationSettings() throws -> Verification.Settings {
    let verify = section("verify")
    var settings = Verification.Settings()
    settings.maxTokens = verify.integer("max_tokens") ?? settings.maxTokens
    if let file = verify.text("prompts") {
      settings.prompts = try TextInput.text(path(file), limit: 1 << 26)
        .split(whereSeparator: \.isNewline).map(String.init)
    }
    settings.heldOut = try prompts(verify.list("held_out"))
    settings.references = verify.text("references")
    return settings
  }
}
