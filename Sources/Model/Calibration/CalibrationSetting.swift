/// The settings under which prompts were asked and answered.
package struct CalibrationSetting: Equatable, Sendable {
  /// The most tokens of an answer.
  package var maxTokens: Int
  /// The most tokens of a prompt.
  package var longestPrompt: Int
  package var usesChatTemplate: Bool

  package init(maxTokens: Int, longestPrompt: Int, usesChatTemplate: Bool) {
    self.maxTokens = maxTokens
    self.longestPrompt = longestPrompt
    self.usesChatTemplate = usesChatTemplate
  }
}
