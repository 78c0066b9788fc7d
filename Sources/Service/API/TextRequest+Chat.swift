import CleaveStorage
import CleaveText

extension TextRequest {
  private static let mostMessages = 4096
  private static let roles = ["system", "user", "assistant"]

  /// Reads the body of `POST /v1/chat/completions`.
  ///
  /// - Throws: `InputError` and `APIError`, which name the field.
  package static func chat(_ bytes: [UInt8]) throws -> TextRequest {
    let node = try RequestBody(
      bytes,
      fields: commonFields + ["messages", "max_completion_tokens", "logprobs", "top_logprobs"]
    ).node
    if let flag = try node.optional("logprobs"), try flag.bool() {
      throw APIError.unsupported("logprobs", "ask /v1/completions for them")
    }
    if let count = try node.optional("top_logprobs"), try count.int() > 0 {
      throw APIError.unsupported("top_logprobs", "ask /v1/completions for logprobs")
    }
    let messages = try node.required("messages")
    let elements = try messages.elements()
    guard (1...mostMessages).contains(elements.count) else {
      throw messages.refuse(
        expected: "1 to \(mostMessages) messages", found: "\(elements.count)")
    }
    var request = TextRequest(format: .chat, prompts: [.chat(try elements.map(message))])
    try request.readCommon(node)
    if let limit = try node.optional("max_completion_tokens") {
      guard request.maxTokens == nil else {
        throw limit.refuse(expected: "it or max_tokens, not both")
      }
      request.maxTokens = try limit.int(in: 1...mostTokens)
    }
    if request.maxTokens == 0 {
      throw try node.required("max_tokens").refuse(expected: "at least 1")
    }
    return request
  }

  private static func message(_ node: JSONNode) throws -> ChatMessage {
    for member in try node.members() {
      if case .null = member.node.value { continue }
      guard ["role", "content"].contains(where: { $0.isSame(member.name) }) else {
        throw APIError.unsupported(member.node.path)
      }
    }
    let role = try node.required("role")
    // What newer interfaces call the system's message.
    let name = try role.string() == "developer" ? "system" : role.string()
    guard roles.contains(name) else {
      throw role.refuse(expected: "one of \((roles + ["developer"]).joined(separator: ", "))")
    }
    return ChatMessage(role: name, content: try content(try node.required("content")))
  }

  /// A text, or a list of parts that are texts.
  private static func content(_ node: JSONNode) throws -> String {
    if case .string(let text) = node.value { return text }
    return try node.elements().map { part in
      let type = try part.required("type")
      guard try type.string() == "text" else { throw type.refuse(expected: "\"text\"") }
      try part.allow(only: ["type", "text"])
      return try part.required("text").string()
    }.joined()
  }
}
