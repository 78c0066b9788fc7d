import CleaveModel
import CleaveStorage

extension Family {
  /// Granite 3, dense: a Llama with factors of embeddings, of attention scores, of what the parts of a block add, and
  /// of logits. Logits are divided by a number; import divides the weight of the final norm by it instead.
  static let granite = Family(
    name: "granite",
    huggingFace: HuggingFaceFormat(
      modelClass: "GraniteForCausalLM",
      defaults: .init(headCount: 32, vocabularySize: 32_000),
      logits: LogitScale(name: "logits_scaling"),
      read: { model, settings in
        model.embeddingScale = try settings.single("embedding_multiplier") ?? 1
        model.residualScale = try settings.single("residual_multiplier") ?? 1
        model.setAttentionScale(try settings.single("attention_multiplier") ?? 1)
      },
      write: { model in
        func number(_ value: Float) -> JSON { .real(Double(value.description) ?? Double(value)) }
        return [
          ("embedding_multiplier", number(model.embeddingScale)),
          ("attention_multiplier", number(model.attentionScaleInUse)),
          ("residual_multiplier", number(model.residualScale)), ("logits_scaling", 1),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "granite", interleavesRows: true, logits: LogitScale(name: "logit_scale"),
      read: { model, settings in
        model.embeddingScale = try settings.factor("embedding_scale") ?? 1
        model.residualScale = try settings.factor("residual_scale") ?? 1
        if let scale = try settings.factor("attention.scale") { model.setAttentionScale(scale) }
        let name = "rope.scaling.finetuned"
        if case .bool(false)? = settings.gguf[settings.key(name)] {
          throw settings.refuse(name, "false", "true: llama.cpp leaves RoPE out otherwise")
        }
      },
      write: { model, _ in
        [
          ("embedding_scale", .float32(model.embeddingScale)),
          ("residual_scale", .float32(model.residualScale)),
          ("attention.scale", .float32(model.attentionScaleInUse)), ("logit_scale", .float32(1)),
        ]
      }))
}

extension ModelConfiguration {
  private var usualAttentionScale: Float { 1 / Float(headDimension).squareRoot() }

  var attentionScaleInUse: Float { attentionScale ?? usualAttentionScale }

  mutating func setAttentionScale(_ scale: Float) {
    attentionScale = scale == usualAttentionScale ? nil : scale
  }
}

extension GGUFSettings {
  /// A factor; nil for 0, with which llama.cpp means none.
  fileprivate func factor(_ name: String) throws -> Float? {
    guard try gguf.number(key(name)) != 0 else { return nil }
    return try positive(name).map { Float($0) }
  }
}
