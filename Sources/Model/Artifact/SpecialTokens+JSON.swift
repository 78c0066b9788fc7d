import CleaveStorage

extension SpecialTokens {
  init(_ node: JSONNode, _ configuration: ModelConfiguration) throws {
    let ids = 0...(configuration.vocabularySize - 1)
    beginOfText = try node.optional("begin_of_text")?.int(in: ids)
    endOfText = try node.required("end_of_text").elements().map { try $0.int(in: ids) }
    chatTemplate = try node.optional("chat_template")?.string()
  }

  var json: JSON {
    [
      "begin_of_text": beginOfText.map { .integer(Int64($0)) } ?? .null,
      "end_of_text": .array(endOfText.map { .integer(Int64($0)) }),
      "chat_template": chatTemplate.map { .string($0) } ?? .null,
    ]
  }
}
