import CleaveStorage

extension ExitTrace {
  static let schema = "cleave.exit-trace"

  package var json: JSON {
    [
      "schema": .string(Self.schema), "model_id": .string(modelID),
      "exits": .array(
        exits.map { ["depth": .integer(Int64($0.depth)), "sha256": .string($0.sha256)] }),
      "feedback": .string(feedback), "texts": .array(texts.map(\.json)),
    ]
  }

  /// Reads a trace.
  ///
  /// - Throws: `InputError` for anything but a trace whose lists fit one another.
  package init(_ node: JSONNode) throws {
    let schema = try node.required("schema")
    guard try schema.string() == Self.schema else { throw schema.refuse(expected: Self.schema) }
    try node.allow(only: ["schema", "model_id", "exits", "feedback", "texts"])
    modelID = try node.required("model_id").sha256()
    let exits = try node.list("exits") { node in
      Exit(
        depth: try node.required("depth").int(in: 1...ModelConfiguration.largestBlockCount),
        sha256: try node.required("sha256").sha256())
    }
    guard !exits.isEmpty else { throw try node.required("exits").refuse(expected: "an exit") }
    self.exits = exits
    feedback = try node.required("feedback").string()
    texts = try node.list("texts") { try Text($0, exits: exits.count) }
    guard !texts.isEmpty else { throw try node.required("texts").refuse(expected: "a text") }
  }
}

extension ExitTrace.Text {
  private static let largestToken = Int(Int32.max)

  fileprivate var json: JSON {
    var object = JSONObject([
      ("prompt_tokens", .integer(Int64(promptLength))), ("truth", Self.list(truth)),
      ("said", .array(said.map(Self.list))),
      ("confidence", .array(confidence.map { .array($0.map { .real(Double($0)) }) })),
    ])
    object["asked"] = asked.map { .array($0.map { .bool($0) }) }
    return .object(object)
  }

  private static func list(_ numbers: [Int]) -> JSON {
    .array(numbers.map { .integer(Int64($0)) })
  }

  fileprivate init(_ node: JSONNode, exits: Int) throws {
    try node.allow(only: ["prompt_tokens", "truth", "said", "confidence", "asked"])
    promptLength = try node.required("prompt_tokens").int(in: 1...Self.largestToken)
    let tokens = try node.list("truth") { try $0.int(in: 0...Self.largestToken) }
    guard !tokens.isEmpty else { throw try node.required("truth").refuse(expected: "a token") }
    truth = tokens
    said = try Self.lists(node, "said", exits, tokens.count) {
      try $0.int(in: 0...Self.largestToken)
    }
    confidence = try Self.lists(node, "confidence", exits, tokens.count) { Float(try $0.share()) }
    asked = try node.optional("asked").map { asked in
      let list = try asked.elements().map { try $0.bool() }
      return try Self.check(list, tokens.count, asked)
    }
  }

  /// A list for each exit, with an element for each token.
  private static func lists<Element>(
    _ node: JSONNode, _ name: String, _ exits: Int, _ tokens: Int,
    _ element: (JSONNode) throws -> Element
  ) throws -> [[Element]] {
    let lists = try node.required(name)
    let found = try lists.elements().map { try check($0.elements().map(element), tokens, $0) }
    guard found.count == exits else {
      throw lists.refuse(expected: "a list for each of \(exits) exits", found: "\(found.count)")
    }
    return found
  }

  private static func check<Element>(
    _ list: [Element], _ tokens: Int, _ node: JSONNode
  ) throws -> [Element] {
    guard list.count == tokens else {
      throw node.refuse(expected: "one for each of \(tokens) tokens", found: "\(list.count)")
    }
    return list
  }
}
