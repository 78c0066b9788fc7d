import CleaveModel
import CleaveStorage
import Glibc

extension Family {
  /// The text model of Gemma 3 (Kamath et al., arXiv 2503.19786). It has norms before and after
  /// attention and feed-forward, norms on queries and keys, GeGLU and scaled embeddings. Five
  /// blocks with a sliding window alternate with one without, each kind with its own RoPE.
  static let gemma3 = Family(
    name: "gemma3_text",
    huggingFace: HuggingFaceFormat(
      modelClass: "Gemma3ForCausalLM",
      defaults: .init(
        headDimension: 256, headCount: 8, vocabularySize: 262_208, kvHeadCount: 4,
        context: 131_072, theta: 1_000_000, isTied: true),
      names: HuggingFaceFormat.gemmaNames,
      normOffset: 1,
      activationKey: "hidden_activation",
      read: { model, settings in
        model.setGemma3Architecture()
        try settings.setGemmaScale(&model)
        let pattern = try settings.int("sliding_window_pattern") ?? 6
        let sliding =
          try settings.slidingBlocks(of: model.blockCount)
          ?? ModelConfiguration.slidingBlocks(of: model.blockCount, pattern: pattern)
        let local = try settings.rope(
          layerType: "sliding_attention", thetaKey: "rope_local_base_freq", theta: 10_000)
        model.setWindow(try settings.int("sliding_window") ?? 4096, sliding, local)
      },
      write: HuggingFaceSettings.gemmaMembers),
    gguf: GGUFFormat(
      architecture: "gemma3",
      hasWindow: true,
      read: { model, settings in
        model.setGemma3Architecture()
        // GGUF has no key for the attention scale. llama.cpp recognizes the 27B model by its 62
        // blocks.
        if model.blockCount == 62, model.hiddenSize / model.headCount != model.headDimension {
          model.attentionScale = 1 / Float(model.hiddenSize / model.headCount).squareRoot()
        }
        guard let size = try settings.int("attention.sliding_window"), size > 0 else { return }
        let pattern = try settings.windowPattern(default: 6, blocks: model.blockCount)
        let theta = try settings.positive("rope.freq_base_swa") ?? 10_000
        model.setWindow(size, pattern, RoPE(theta: theta))
      },
      write: { try GGUFSettings.gemma3Members($0, path: $1) },
      names: [
        .postAttentionNorm: "post_attention_norm.weight",
        .postFeedForwardNorm: "post_ffw_norm.weight",
      ]))
}

extension HuggingFaceFormat {
  /// The names of norms in Gemma 2 and 3.
  static let gemmaNames: [BlockWeight: String] = [
    .postAttentionNorm: "post_attention_layernorm.weight",
    .feedForwardNorm: "pre_feedforward_layernorm.weight",
    .postFeedForwardNorm: "post_feedforward_layernorm.weight",
  ]
}

extension ModelConfiguration {
  fileprivate mutating func setGemma3Architecture() {
    setGemmaArchitecture()
    block.queryKeyNorm = true
  }

  /// What Gemma 2 and 3 have in common.
  mutating func setGemmaArchitecture() {
    block.activation = .geluTanh
    block.postNorms = true
    embeddingScale = Float(hiddenSize).squareRoot()
  }

  mutating func setWindow(_ size: Int, _ blocks: [Int], _ local: RoPE) {
    guard !blocks.isEmpty else { return }
    window = SlidingWindow(size: size, blocks: blocks, rope: local == rope ? nil : local)
  }

  /// The blocks with a sliding window: all except every `pattern`th.
  static func slidingBlocks(of count: Int, pattern: Int) -> [Int] {
    guard pattern > 0 else { return [] }
    return (0..<count).filter { ($0 + 1) % pattern != 0 }
  }
}

extension HuggingFaceSettings {
  /// Reads the number whose inverse root Gemma multiplies queries by.
  func setGemmaScale(_ model: inout ModelConfiguration) throws {
    let scalar = try number("query_pre_attn_scalar") ?? 256
    model.attentionScale = scalar == Double(model.headDimension) ? nil : Float(pow(scalar, -0.5))
  }

  /// The settings that Gemma 2 and 3 have in common.
  static func gemmaMembers(_ model: ModelConfiguration) -> [JSONObject.Member] {
    let scale = model.attentionScale.map { 1 / (Double($0) * Double($0)) }
    return [
      ("query_pre_attn_scalar", .integer(Int64((scale ?? Double(model.headDimension)).rounded()))),
      ("sliding_window", .integer(Int64(model.window?.size ?? 4096))),
      ("layer_types", layerTypes(model)),
      ("final_logit_softcapping", json(model.logitsCap)),
      ("attn_logit_softcapping", json(model.attentionCap)),
    ]
  }

  private static func json(_ cap: Float?) -> JSON {
    cap.map { .real(Double($0.description) ?? Double($0)) } ?? .null
  }
}

extension GGUFSettings {
  /// The blocks with a sliding window, stored as one flag per block or as the period of blocks
  /// without one.
  func windowPattern(default pattern: Int, blocks: Int) throws -> [Int] {
    let name = "attention.sliding_window_pattern"
    guard case .array(let flags)? = gguf[key(name)] else {
      return ModelConfiguration.slidingBlocks(of: blocks, pattern: try int(name) ?? pattern)
    }
    guard flags.count == blocks else {
      throw refuse(name, "\(flags.count) flags", "\(blocks), one for each block")
    }
    return try flags.enumerated().filter { _, flag in
      switch flag {
      case .bool(let isSliding): return isSliding
      case .unsigned(let number): return number != 0
      case .signed(let number): return number != 0
      default: throw refuse(name, flag.kind, "flags")
      }
    }.map(\.offset)
  }

  fileprivate static func gemma3Members(
    _ model: ModelConfiguration, path: String
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    let known =
      model.blockCount == 62
      ? 1 / Float(model.hiddenSize / model.headCount).squareRoot() : nil
    let usual = 1 / Float(model.headDimension).squareRoot()
    guard (model.attentionScale ?? usual) == (known ?? usual) else {
      throw InputError(
        file: path, location: "configuration.attention_scale",
        found: "\(model.attentionScale ?? usual)",
        expected: "\(known ?? usual), which llama.cpp takes for a gemma3 of this size")
    }
    guard model.embeddingScale == Float(model.hiddenSize).squareRoot() else {
      throw InputError(
        file: path, location: "configuration.embedding_scale", found: "\(model.embeddingScale)",
        expected: "the root of the hidden size, as llama.cpp has it")
    }
    guard let window = model.window else { return [] }
    return [
      ("attention.sliding_window", .uint32(UInt32(window.size))),
      (
        "attention.sliding_window_pattern",
        .bools((0..<model.blockCount).map { window.blocks.contains($0) })
      ),
      ("rope.freq_base_swa", .float32(Float((window.rope ?? model.rope).theta))),
    ]
  }
}
