import CleaveConvert
import CleaveEvaluate
import CleavePartition
import CleaveQuantize
import CleaveStorage
import CleaveTrain

/// The keys of a recipe behind settings of stages and options of commands.
enum RecipeKeys {
  /// The form of an option in a text.
  static var option: Regex<Substring> { #/--[a-z][a-z-]*/# }

  private static let settings: [SettingError.Setting: String] = [
    .contextLength: "import.context", .quantizedType: "import.as",
    .bitsPerWeight: "quantize.target_bpw", .text: "quantize.text",
    .importance: "quantize.importance", .tensorOverride: "quantize.tensors",
    .exitVocabulary: "exits.vocabulary", .copiedBlocks: "exits.init", .fittedBodies: "exits.body",
    .capturedDepths: "exits.at", .trainingData: "train", .heldOutShare: "train.held_out_one_in",
    .newTokens: "train.self_generate", .sampledShare: "train.sampled_share",
    .selfPrompts: "train.self_prompt", .turns: "train.turns", .longestSequence: "train.longest",
    .teacherTokens: "train.teacher_tokens", .windowLength: "train.longest",
    .prompts: "verify.prompts", .splitSize: "exports.split_size",
  ]

  /// The key of a setting that is wrong in a stage; nil for one that recipes have no key for.
  static func key(of setting: SettingError.Setting, stage: String) -> String? {
    // Training cuts texts in windows too.
    setting == .windowLength && stage == "quality" ? "quality.window_length" : settings[setting]
  }

  /// The sections that a stage's settings come from, its own first.
  static func sections(of stage: String) -> [String] {
    switch stage {
    case "import": ["import", "source"]
    case "capture", "train": ["train", "exits"]
    case "verify": ["verify", "calibrate"]
    case "calibrate": ["calibrate", "exits"]
    case _ where stage.hasPrefix("evaluate"): ["evaluate", "exits"]
    case _ where stage.hasPrefix("export "): ["exports"]
    default: [stage]
    }
  }

  /// Keys that are named otherwise than the options of commands.
  private static let others = [
    "--exit-vocabulary": "exits.vocabulary", "--exclude-hashes": "train.exclude",
    "--plain": "chat_template: false", "--without-chat-template": "import.chat_template: false",
    "--tensor": "quantize.tensors", "--imatrix": "quantize.importance",
  ]

  /// - Parameter option: as in `--batch-tokens`.
  /// - Returns: the key, as `train.batch_tokens`; nil for an option that recipes have no key for.
  static func key(ofOption option: String, stage: String) -> String? {
    if let other = others[option] { return other }
    let name = option.dropFirst(2).replacing("-", with: "_")
    return sections(of: stage).first { section(named: $0)?.key(String(name)) != nil }
      .map { "\($0).\(name)" }
  }

  private static func section(named name: String) -> RecipeSection? {
    switch RecipeDescription.recipe.key(name)?.type {
    case .section(let section), .list(.section(let section), _): section
    default: nil
    }
  }
}
