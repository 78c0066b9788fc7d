import CleaveStorage

extension SpecialTokens {
  init(_ node: JSONNode, _ configuration: ModelConfiguration) throws {
    let ids = 0...(configuration.vocabularySize - 1)
    beginOfText = try node.optional("begin_of_text")?.int(in: ids)
    endOfText = try node.required("end_of_text").elements().map { try $0.int(in: ids) }
    chatTemplate = try node.optional("chat_template")?.string()
    named = try node.optional("named").map { node in
      Dictionary(
        try node.members().map { ($0.name, try $0.node.string()) }, uniquingKeysWith: { $1 })
    }
  }

  var json: JSON {
    var object = JSONObject([
      ("begin_of_text", beginOfText.map { .integer(Int64($0)) } ?? .null),
      ("end_of_text", .array(endOfText.map { .integer(Int64($0)) })),
      ("chat_template", chatTemplate.map { .string($0) } ?? .null),
    ])
    object["named"] = named.map { names in
      .object(JSONObject(names.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
    return .object(object)
  }
}
