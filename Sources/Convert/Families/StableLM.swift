import CleaveModel
import CleaveStorage

extension Family {
  /// StableLM 3B and StableLM 2 1.6B: a Llama with LayerNorm and RoPE on a quarter of each head. Where
  /// `use_parallel_residual` is set, both parts of a block read one norm.
  static let stableLM = Family(
    name: "stablelm",
    huggingFace: HuggingFaceFormat(
      modelClass: "StableLmForCausalLM",
      defaults: .init(
        headCount: 32, vocabularySize: 50_304, kvHeadCount: 32, intermediateSize: 6912,
        context: 4096, epsilon: 1e-5, rotatedShare: 0.25),
      hasOutputBias: false, usualActivation: .silu, epsilonKey: "layer_norm_eps",
      read: { model, settings in
        model.block.norm = .layer
        model.block.normBias = true
        model.block.parallel = try settings.flag("use_parallel_residual") ? .sharedNorm : nil
        model.block.queryKeyValueBias = try settings.flag("use_qkv_bias")
        if let norms = try settings.config.optional("qk_layernorm"), try norms.bool() {
          throw norms.refuse(
            expected: "false: norms of queries and keys with weights of their own for each head "
              + "are not supported")
        }
      },
      write: { model in
        [
          ("use_parallel_residual", .bool(model.block.parallel != nil)),
          ("use_qkv_bias", .bool(model.block.queryKeyValueBias)), ("qk_layernorm", false),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "stablelm", rotatesPart: true, epsilonKey: "attention.layer_norm_epsilon",
      read: { model, settings in
        model.block.norm = .layer
        model.block.normBias = true
        // As llama.cpp tells it. Before the tensors are read, there are none.
        let isParallel =
          !settings.tensors.isEmpty && settings.tensors["blk.0.ffn_norm.weight"] == nil
        model.block.parallel = isParallel ? .sharedNorm : nil
      },
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: "stablelm")
        try expected.ownHead()
        try expected.wholeHeads()
        try expected.activation(.silu)
        return [("use_parallel_residual", .bool(model.block.parallel != nil))]
      }))
}
