/// The token ids with a meaning of their own, and the chat template.
package struct SpecialTokens: Equatable, Sendable {
  package var beginOfText: Int?
  /// Tokens that end a generation.
  package var endOfText: [Int]
  /// The chat template as Jinja text, as the checkpoint had it.
  package var chatTemplate: String?

  /// The texts of tokens by the names under which chat templates read them, as `eos_token`; nil if the
  /// checkpoint says nothing of them.
  package var named: [String: String]?

  package init(
    beginOfText: Int? = nil, endOfText: [Int] = [], chatTemplate: String? = nil,
    named: [String: String]? = nil
  ) {
    self.named = named
    self.beginOfText = beginOfText
    self.endOfText = endOfText
    self.chatTemplate = chatTemplate
  }
}
