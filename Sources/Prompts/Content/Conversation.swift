import CleaveStorage
import CleaveText

/// The beginning of a conversation, up to a user's message that is to be answered.
package struct Conversation: Equatable, Sendable {
  package private(set) var messages: [ChatMessage]

  /// Reads a list of messages. What follows the last message of a user is an answer and left out.
  ///
  /// - Throws: `InputError` for an element that is no message, and where no user says anything.
  init(_ node: JSONNode) throws {
    let all = try node.elements().map { (role: try $0.required("role").string(), node: $0) }
    guard let last = all.lastIndex(where: { $0.role == "user" }) else {
      throw node.refuse(expected: "messages, one of them with the role \"user\"")
    }
    messages = try all[...last].map {
      ChatMessage(role: $0.role, content: try Self.content($0.node.required("content")))
    }
  }

  /// A message's text, which may stand in parts of the type `text`, as in requests to chat servers.
  private static func content(_ node: JSONNode) throws -> String {
    guard case .array = node.value else { return try node.string() }
    return try node.elements().map { part in
      let type = try part.required("type")
      guard try type.string() == "text" else {
        throw type.refuse(expected: "\"text\": only texts can be asked")
      }
      return try part.required("text").string()
    }.joined()
  }

  /// The text by which contents are compared: the user's text alone, or each message after its role.
  package var text: String {
    guard messages.count > 1 else { return last }
    return messages.map { "\($0.role): \($0.content)" }.joined(separator: "\n\n")
  }

  /// The user's message that is to be answered.
  var last: String { messages[messages.count - 1].content }

  /// The conversation with another last message.
  func ending(with text: String) -> Conversation {
    var changed = self
    changed.messages[messages.count - 1] = ChatMessage(role: "user", content: text)
    return changed
  }

  /// Where turns begin: a user's message and what answers it.
  var turns: [Int] { messages.indices.filter { messages[$0].role == "user" } }

  /// The conversation without the turns before the message at `start`. System messages stay.
  func from(_ start: Int) -> Conversation {
    var shorter = self
    shorter.messages = messages[..<start].filter { $0.role == "system" } + messages[start...]
    return shorter
  }
}
