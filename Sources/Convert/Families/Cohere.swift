import CleaveModel
import CleaveStorage

extension Family {
  /// Command-R and Aya: LayerNorm without biases, which attention and a gated network side by side read in common;
  /// RoPE whose pairs are neighbours; scaled logits.
  static let cohere = Family(
    name: "cohere",
    huggingFace: .cohere(
      "CohereForCausalLM", theta: 500_000,
      read: { _, settings in
        if let norms = try settings.config.optional("use_qk_norm"), try norms.bool() {
          throw norms.refuse(
            expected: "false: norms of queries and keys with weights of their own for each head "
              + "are not supported")
        }
      },
      write: { _ in [("use_qk_norm", false)] }),
    gguf: .cohere(
      "command-r",
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: "command-r")
        // From there on it expects norms of queries and keys.
        try expected.fewerBlocks(than: 64)
        return []
      }))

  /// Command R7B: the same with windows in three blocks of four, and RoPE in these alone.
  static let cohere2: Family = {
    var gguf = GGUFFormat.cohere(
      "cohere2",
      read: { model, settings in
        let size = try settings.required("attention.sliding_window")
        let pattern = try settings.windowPattern(default: 4, blocks: model.blockCount)
        model.setCohereWindow(size, pattern)
      },
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: "cohere2")
        try expected.rotationInWindowsAlone()
        let blocks = model.window?.blocks ?? []
        return [
          ("attention.sliding_window", .uint32(UInt32(model.window?.size ?? 0))),
          (
            "attention.sliding_window_pattern",
            .bools((0..<model.blockCount).map { blocks.contains($0) })
          ),
        ]
      })
    gguf.hasWindow = true
    return Family(
      name: "cohere2",
      huggingFace: .cohere(
        "Cohere2ForCausalLM", theta: 10_000,
        read: { model, settings in
          let size =
            try settings.has("sliding_window") ? settings.int("sliding_window") : 4096
          let pattern = try settings.int("sliding_window_pattern") ?? 4
          let sliding =
            try settings.slidingBlocks(of: model.blockCount)
            ?? ModelConfiguration.slidingBlocks(of: model.blockCount, pattern: pattern)
          model.setCohereWindow(size, sliding)
        },
        write: { model in
          [
            ("sliding_window", model.window.map { .integer(Int64($0.size)) } ?? .null),
            ("layer_types", HuggingFaceSettings.layerTypes(model)),
          ]
        }), gguf: gguf)
  }()
}

extension ModelConfiguration {
  fileprivate mutating func setCohereBlocks() {
    block.norm = .layer
    block.parallel = .sharedNorm
  }

  /// Gives these blocks a window; the others, or all without one, have no RoPE.
  fileprivate mutating func setCohereWindow(_ size: Int?, _ blocks: [Int]) {
    let sliding = size == nil ? [] : blocks
    unrotatedBlocks = (0..<blockCount).filter { !sliding.contains($0) }
    if let size, !sliding.isEmpty { window = SlidingWindow(size: size, blocks: sliding) }
  }
}

extension HuggingFaceFormat {
  fileprivate static func cohere(
    _ modelClass: String, theta: Double,
    read: @escaping @Sendable (inout ModelConfiguration, HuggingFaceSettings) throws -> Void,
    write: @escaping @Sendable (ModelConfiguration) throws -> [JSONObject.Member]
  ) -> HuggingFaceFormat {
    HuggingFaceFormat(
      modelClass: modelClass,
      defaults: .init(
        headCount: 64, vocabularySize: 256_000, intermediateSize: 22_528, context: 8192,
        epsilon: 1e-5, theta: theta, isTied: true),
      interleavesRows: true,
      logits: LogitScale(name: "logit_scale", multiplies: true, usual: 0.0625),
      usualActivation: .silu, epsilonKey: "layer_norm_eps",
      read: { model, settings in
        model.setCohereBlocks()
        try read(&model, settings)
      },
      write: { model in
        let own: [JSONObject.Member] = [("logit_scale", .real(1))]
        return try own + write(model)
      })
  }
}

extension GGUFFormat {
  fileprivate static func cohere(
    _ architecture: String,
    read: @escaping @Sendable (inout ModelConfiguration, GGUFSettings) throws -> Void = { _, _ in },
    write:
      @escaping @Sendable (ModelConfiguration, _ path: String) throws -> [(
        key: String, value: GGUFWriter.Value
      )]
  ) -> GGUFFormat {
    GGUFFormat(
      architecture: architecture, interleavesRows: true,
      logits: LogitScale(name: "logit_scale", multiplies: true),
      epsilonKey: "attention.layer_norm_epsilon",
      read: { model, settings in
        model.setCohereBlocks()
        try read(&model, settings)
      },
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: architecture)
        try expected.tiedHead()
        try expected.wholeHeads()
        try expected.activation(.silu)
        try expected.attentionBiases(false)
        let own: [(key: String, value: GGUFWriter.Value)] = [("logit_scale", .float32(1))]
        return try own + write(model, path)
      })
  }
}
