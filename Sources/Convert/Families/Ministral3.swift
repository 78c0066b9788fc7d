import CleaveModel
import CleaveStorage

extension Family {
  /// Ministral 3, and the language model of Mistral 3 that names it: a Mistral with YaRN whose queries grow with their
  /// positions.
  static let ministral3 = Family(
    name: "ministral3",
    huggingFace: HuggingFaceFormat(
      modelClass: "Ministral3ForCausalLM",
      defaults: .init(
        headDimension: 128, headCount: 32, vocabularySize: 131_072, kvHeadCount: 8,
        context: 262_144, epsilon: 1e-5),
      read: { model, settings in
        model.window = try settings.int("sliding_window").map {
          SlidingWindow(size: $0, blocks: Array(0..<model.blockCount))
        }
        model.queryScaling = try settings.queryScaling()
      },
      write: { [("sliding_window", $0.window.map { .integer(Int64($0.size)) } ?? .null)] }),
    gguf: GGUFFormat(
      architecture: "mistral3", interleavesRows: true, hasLogMultiplier: true,
      read: { model, settings in
        let name = "attention.temperature_scale"
        guard let beta = try settings.gguf.number(settings.key(name)), beta != 0 else { return }
        model.queryScaling = QueryScaling(
          // The shortest decimal of the file's float32, which config.json says.
          beta: Double(Float(try settings.positive(name) ?? beta).description) ?? beta,
          originalContext: try settings.int("rope.scaling.original_context_length")
            ?? model.contextLength)
      },
      write: { model, path in
        guard let scaling = model.queryScaling else { return [] }
        guard case .yarn(let yarn) = model.rope.scaling,
          yarn.originalContext == scaling.originalContext
        else {
          throw InputError(
            file: path, location: "configuration.query_scaling.original_context",
            found: "\(scaling.originalContext)",
            expected: "that of yarn, which llama.cpp has for both")
        }
        return [("attention.temperature_scale", .float32(Float(scaling.beta)))]
      }))
}

extension HuggingFaceSettings {
  /// Queries grow by settings among those of RoPE, in the spelling of transformers 5 or 4.
  fileprivate func queryScaling() throws -> QueryScaling? {
    let settings =
      try config.optional("rope_parameters") ?? config.optional("rope_scaling")
      ?? config.required("rope_parameters")
    let node = try settings.required("llama_4_scaling_beta")
    guard try node.number() != 0 else { return nil }
    return QueryScaling(
      beta: try node.positiveNumber(),
      originalContext: try settings.required("original_max_position_embeddings")
        .int(in: 1...(1 << 30)))
  }
}
