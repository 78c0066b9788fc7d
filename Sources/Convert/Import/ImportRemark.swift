import CleaveModel

/// Something that an import leaves out or does otherwise than the checkpoint's own tools. It is kept in the
/// artifact's provenance, and `cleave import` prints it.
struct ImportRemark: Equatable {
  let name: String
  let value: String

  static func leftOut(_ tensors: [String]) -> ImportRemark? {
    tensors.isEmpty
      ? nil : ImportRemark(name: "left_out", value: NameList.parts(of: tensors))
  }

  static func withoutEmbedding(_ tokens: [String]) -> ImportRemark? {
    tokens.isEmpty
      ? nil : ImportRemark(name: "tokens_without_embedding", value: NameList.short(tokens))
  }

  /// - Parameter settings: of generation_config.json, each with its value.
  static func notApplied(_ settings: [String]) -> ImportRemark? {
    settings.isEmpty
      ? nil : ImportRemark(name: "not_applied", value: settings.joined(separator: ", "))
  }

  /// transformers chooses LongRoPE's factors by the length of each text, an artifact by its context.
  static func longRoPE(of configuration: ModelConfiguration) -> ImportRemark? {
    guard case .longRoPE(let rope) = configuration.rope.scaling,
      configuration.contextLength > rope.originalContext
    else { return nil }
    return ImportRemark(name: "long_rope", value: "\(rope.originalContext)")
  }
}
