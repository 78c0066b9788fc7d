import CleaveStorage

/// The settings of training and capture that are refused where they cannot be used.
extension SettingError.Setting {
  package static let trainingData = Self("data")
  package static let heldOutShare = Self("held-out share")
  package static let newTokens = Self("new tokens")
  package static let sampledShare = Self("sampled share")
  package static let samplingTemperature = Self("temperature")
  package static let samplingTopK = Self("top-k")
  package static let samplingTopP = Self("top-p")
  package static let selfPrompts = Self("self-prompts")
  package static let selfPromptTokens = Self("self-prompt tokens")
  package static let selfPromptTemperature = Self("self-prompt temperature")
  package static let selfPromptTopK = Self("self-prompt top-k")
  package static let selfPromptTopP = Self("self-prompt top-p")
  package static let turns = Self("turns")
  package static let longestSequence = Self("longest sequence")
  package static let capturedDepths = Self("depths")
  package static let teacherTokens = Self("teacher tokens")
  package static let fittedBodies = Self("bodies")
  package static let copiedBlocks = Self("copied blocks")
}
