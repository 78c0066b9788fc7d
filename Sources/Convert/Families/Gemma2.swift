import CleaveModel
import CleaveStorage

extension Family {
  /// Gemma 2 (Gemma Team, arXiv 2408.00118): norms before and after attention and feed-forward, GeGLU, scaled
  /// embeddings, capped attention scores and logits. Blocks with a sliding window alternate with blocks without one.
  static let gemma2 = Family(
    name: "gemma2",
    huggingFace: HuggingFaceFormat(
      modelClass: "Gemma2ForCausalLM",
      defaults: .init(
        headDimension: 256, headCount: 8, vocabularySize: 256_000, kvHeadCount: 4, context: 8192,
        isTied: true),
      names: HuggingFaceFormat.gemmaNames,
      normOffset: 1,
      hasCaps: true,
      activationKey: "hidden_activation",
      read: { model, settings in
        model.setGemmaArchitecture()
        try settings.setGemmaScale(&model)
        model.attentionCap = try settings.cap("attn_logit_softcapping", unlessStated: 50)
        model.logitsCap = try settings.cap("final_logit_softcapping", unlessStated: 30)
        let sliding =
          try settings.slidingBlocks(of: model.blockCount)
          ?? ModelConfiguration.slidingBlocks(of: model.blockCount, pattern: 2)
        model.setWindow(try settings.int("sliding_window") ?? 4096, sliding, model.rope)
      },
      write: HuggingFaceSettings.gemmaMembers),
    gguf: GGUFFormat(
      architecture: "gemma2", hasWindow: true, hasCaps: true,
      read: { model, settings in
        model.setGemmaArchitecture()
        // GGUF has no key for the attention scale. llama.cpp recognizes the 27B model by its 46 blocks.
        model.setAttentionScale(model.gemma2ScaleOfGGUF)
        model.attentionCap = try settings.cap("attn_logit_softcapping", unlessStated: 50)
        model.logitsCap = try settings.cap("final_logit_softcapping", unlessStated: 30)
        // llama.cpp computes windows in every other block, of 4096 positions where the file does not say.
        let size = try settings.int("attention.sliding_window") ?? 4096
        let pattern = try settings.windowPattern(default: 2, blocks: model.blockCount)
        if size > 0 { model.setWindow(size, pattern, model.rope) }
      },
      write: { try GGUFSettings.gemma2Members($0, path: $1) },
      names: [
        .postAttentionNorm: "post_attention_norm.weight",
        .postFeedForwardNorm: "post_ffw_norm.weight",
      ]))
}

extension ModelConfiguration {
  /// The attention scale that llama.cpp takes for a gemma2 of this size.
  fileprivate var gemma2ScaleOfGGUF: Float {
    1 / Float(blockCount == 46 ? hiddenSize / headCount : headDimension).squareRoot()
  }
}

extension HuggingFaceSettings {
  /// A cap; nil where the setting is null, which is no cap.
  fileprivate func cap(_ name: String, unlessStated usual: Float) throws -> Float? {
    try has(name) ? single(name) : usual
  }
}

extension GGUFSettings {
  fileprivate func cap(_ name: String, unlessStated usual: Float) throws -> Float? {
    try positive(name).map { Float($0) } ?? usual
  }

  fileprivate static func gemma2Members(
    _ model: ModelConfiguration, path: String
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
      InputError(
        file: path, location: "configuration.\(name)", found: found,
        expected: "\(expected), as llama.cpp has it for gemma2")
    }
    guard model.attentionScaleInUse == model.gemma2ScaleOfGGUF else {
      throw refuse(
        "attention_scale", "\(model.attentionScaleInUse)", "\(model.gemma2ScaleOfGGUF)")
    }
    guard model.embeddingScale == Float(model.hiddenSize).squareRoot() else {
      throw refuse("embedding_scale", "\(model.embeddingScale)", "the root of the hidden size")
    }
    guard model.tiedEmbeddings else { throw refuse("tied_embeddings", "false", "true") }
    guard let scores = model.attentionCap else { throw refuse("attention_cap", "none", "a cap") }
    guard let logits = model.logitsCap else { throw refuse("logits_cap", "none", "a cap") }
    let every = ModelConfiguration.slidingBlocks(of: model.blockCount, pattern: 2)
    guard let window = model.window, window.blocks == every else {
      throw refuse(
        "sliding_window.blocks", "\(model.window?.blocks.prefix(16) ?? [])",
        "every other block from the first on")
    }
    return [
      ("attention.sliding_window", .uint32(UInt32(window.size))),
      ("attn_logit_softcapping", .float32(scores)), ("final_logit_softcapping", .float32(logits)),
    ]
  }
}
