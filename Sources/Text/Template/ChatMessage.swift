/// One message of a conversation.
package struct ChatMessage: Sendable, Equatable {
  /// The speaker, usually `system`, `user` or `assistant`.
  package let role: String
  package let content: String

  package init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}
