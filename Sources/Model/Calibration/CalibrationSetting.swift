/// The settings under which prompts were asked and answered.
package struct CalibrationSetting: Equatable, Sendable {
  /// The most tokens of an answer; `longestPrompt` is the most of a prompt.
  package var maxTokens: Int
  package var longestPrompt: Int
  package var usesChatTemplate: Bool

  package init(maxTokens: Int, longestPrompt: Int, usesChatTemplate: Bool) {
    self.maxTokens = maxTokens
    self.longestPrompt = longestPrompt
    self.usesChatTemplate = usesChatTemplate
  }
}
