import CleaveStorage

extension TextRequest {
  private static let mostPrompts = 128
  /// What OpenAI's interface takes where a request does not say.
  private static let defaultTokens = 16
  /// The most tokens whose probabilities can be asked for at each position.
  private static let mostLogProbabilities = 20

  /// Reads the body of `POST /v1/completions`.
  ///
  /// - Throws: `InputError` and `APIError`, which name the field.
  package static func completion(_ bytes: [UInt8]) throws -> TextRequest {
    let node = try RequestBody(bytes, fields: commonFields + ["prompt", "echo", "logprobs"]).node
    var request = TextRequest(
      format: .completion, prompts: try prompts(try node.required("prompt")))
    try request.readCommon(node)
    request.echoes = try node.flag("echo", default: false)
    request.logProbabilities = try node.optional("logprobs").map {
      try $0.int(in: 0...mostLogProbabilities)
    }
    request.maxTokens = request.maxTokens ?? defaultTokens
    if request.maxTokens == 0, !request.echoes {
      throw try node.required("max_tokens").refuse(expected: "at least 1, or echo")
    }
    if request.streams, request.logProbabilities != nil || request.echoes {
      throw APIError.unsupported("stream", "with echo or logprobs the answer comes at once")
    }
    return request
  }

  /// A text, tokens, or a list of either.
  private static func prompts(_ node: JSONNode) throws -> [Prompt] {
    if case .string(let text) = node.value { return [.text(text)] }
    let elements = try node.elements()
    guard let first = elements.first else {
      throw node.refuse(expected: "a text or tokens", found: "nothing")
    }
    if case .integer = first.value { return [.tokens(try tokens(elements))] }
    guard elements.count <= mostPrompts else {
      throw node.refuse(expected: "at most \(mostPrompts) prompts", found: "\(elements.count)")
    }
    return try elements.map { element in
      if case .string(let text) = element.value { return .text(text) }
      return .tokens(try tokens(try element.elements()))
    }
  }

  /// Ids, which are compared with the vocabulary when the model is known.
  private static func tokens(_ elements: [JSONNode]) throws -> [Int] {
    try elements.map { try $0.int(in: 0...Int(UInt32.max)) }
  }
}
