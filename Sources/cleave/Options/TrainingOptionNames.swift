import CleaveEvaluate
import CleaveStorage
import CleaveTrain

/// The options behind the settings of training and fitting, for errors that only a run finds.
enum TrainingOptionNames {
  static let all: [SettingError.Setting: String] = [
    .exitVocabulary: "--exit-vocabulary", .trainingData: "--data and --prompts",
    .heldOutShare: "--held-out-one-in", .newTokens: "--self-generate",
    .sampledShare: "--sampled-share", .selfPrompts: "--self-prompt",
    .selfPromptTokens: "--self-prompt-tokens",
    .selfPromptTemperature: "--self-prompt-temperature", .selfPromptTopK: "--self-prompt-top-k",
    .selfPromptTopP: "--self-prompt-top-p", .turns: "--turns", .longestSequence: "--longest",
    .capturedDepths: "--at", .teacherTokens: "--teacher-tokens", .fittedBodies: "--body",
    .copiedBlocks: "--init", .windowLength: "--longest",
  ]
}
