import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Settings of a family that the engine does not compute are refused by name before tensors are
/// read, and so are inconsistent configurations.
@Suite struct FamilyRefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let family: String
    let from: String
    let to: String
    let location: String
    let found: String
    var testDescription: String { "\(family) \(location)" }
  }

  static let cases = [
    Case(
      family: "gemma3", from: "\"model_type\": \"gemma3_text\"", to: "\"model_type\": \"gemma9\"",
      location: "model_type", found: "\"gemma9\""),
    Case(
      family: "gemma3", from: "\"final_logit_softcapping\": null",
      to: "\"final_logit_softcapping\": 30.0", location: "final_logit_softcapping", found: "30"),
    Case(
      family: "gemma3", from: "\"attn_logit_softcapping\": null",
      to: "\"attn_logit_softcapping\": 50.0", location: "attn_logit_softcapping", found: "50"),
    Case(
      family: "gemma3", from: "\"hidden_activation\": \"gelu_pytorch_tanh\"",
      to: "\"hidden_activation\": \"gelu\"", location: "hidden_activation", found: "\"gelu\""),
    Case(
      family: "gemma3", from: "\"sliding_attention\",", to: "\"chunked_attention\",",
      location: "layer_types[0]", found: "\"chunked_attention\""),
    Case(
      family: "gemma3", from: "\"sliding_attention\",", to: "", location: "layer_types", found: "6"),
    Case(
      family: "gemma3", from: "\"sliding_window\": 24", to: "\"sliding_window\": 0",
      location: "sliding_window.size", found: "0"),
    Case(
      family: "phi3-long", from: "\"rope_type\": \"longrope\"", to: "\"rope_type\": \"dynamic\"",
      location: "rope_parameters.long_factor", found: "an array"),
    Case(
      family: "llama-yarn", from: "\"factor\": 8.0,", to: "\"factor\": 8.0, \"slope\": 2,",
      location: "rope_parameters.slope", found: "2"),
    Case(
      family: "llama-yarn", from: "\"factor\": 8.0,",
      to: "\"factor\": 8.0, \"llama_4_scaling_beta\": 0.1,",
      location: "rope_parameters.llama_4_scaling_beta", found: "0.1"),
    Case(
      family: "llama-yarn", from: "\"factor\": 8.0,", to: "\"factor\": 0.5,",
      location: "rope.scaling.factor", found: "0.5"),
    Case(
      family: "llama-yarn", from: "\"factor\": 8.0,",
      to: "\"factor\": 8.0, \"beta_fast\": 1, \"beta_slow\": 2,",
      location: "rope.scaling.beta_slow", found: "2"),
    Case(
      family: "llama-yarn", from: "\"rope_theta\": 10000.0", to: "\"rope_theta\": 1.0",
      location: "rope.theta", found: "1"),
    Case(
      family: "llama-yarn", from: "\"model_type\": \"llama\"",
      to: "\"model_type\": \"llama\", \"original_max_position_embeddings\": 32",
      location: "original_max_position_embeddings", found: "32"),
    Case(
      family: "llama-yarn", from: "\"rope_type\": \"yarn\"", to: "\"rope_type\": \"dynamic\"",
      location: "rope_parameters.original_max_position_embeddings", found: "64"),
    Case(
      family: "smollm3", from: "\"no_rope_layers\": [", to: "\"no_rope_layers\": [2, ",
      location: "no_rope_layers", found: "7"),
    Case(
      family: "smollm3-window", from: "\"no_rope_layers\": [\n    1,",
      to: "\"no_rope_layers\": [\n    2,", location: "no_rope_layers[0]", found: "2"),
    Case(
      family: "lfm2", from: "\"conv_bias\": false", to: "\"conv_bias\": true",
      location: "conv_bias",
      found: "true"),
    Case(
      family: "lfm2", from: "\"conv_L_cache\": 3", to: "\"conv_L_cache\": 17",
      location: "short_convolution.kernel", found: "17"),
    Case(
      family: "lfm2", from: "\"conv_L_cache\": 3", to: "\"conv_L_cache\": 3, \"conv_dim\": 64",
      location: "conv_dim", found: "64"),
    Case(
      family: "lfm2", from: "\"conv\",", to: "\"mamba\",", location: "layer_types[0]",
      found: "\"mamba\""),
    Case(
      family: "lfm2", from: "\"conv\",", to: "", location: "layer_types", found: "5 layer types"),
    Case(
      family: "lfm2", from: "\"block_ffn_dim_multiplier\": 1.0",
      to: "\"block_ffn_dim_multiplier\": 1e300", location: "block_ffn_dim_multiplier",
      found: "1e"),
    Case(
      family: "qwen3.5", from: "\"attention_bias\": false", to: "\"attention_bias\": true",
      location: "attention_bias", found: "true"),
    Case(
      family: "qwen3.5", from: "\"attention_bias\": false",
      to: "\"attention_bias\": false, \"attn_output_gate\": false",
      location: "attn_output_gate", found: "false"),
    Case(
      family: "qwen3.5", from: "\"linear_value_head_dim\": 16", to: "\"linear_value_head_dim\": 24",
      location: "delta_net.value_dimension", found: "24"),
    Case(
      family: "qwen3.5", from: "\"linear_key_head_dim\": 8", to: "\"linear_key_head_dim\": 6",
      location: "delta_net.key_dimension", found: "6"),
    Case(
      family: "qwen3.5", from: "\"linear_num_key_heads\": 2", to: "\"linear_num_key_heads\": 3",
      location: "delta_net.key_heads", found: "3"),
    Case(
      family: "qwen3.5", from: "\"linear_num_value_heads\": 4",
      to: "\"linear_num_value_heads\": 0", location: "delta_net.value_heads", found: "0"),
    Case(
      family: "qwen3.5", from: "\"linear_attention\",", to: "\"sliding_attention\",",
      location: "layer_types[0]", found: "\"sliding_attention\""),
    Case(
      family: "granite", from: "\"residual_multiplier\": 0.4", to: "\"residual_multiplier\": 0",
      location: "residual_multiplier", found: "0"),
    Case(
      family: "granite", from: "\"logits_scaling\": 3.0", to: "\"logits_scaling\": -3.0",
      location: "logits_scaling", found: "-3"),
    Case(
      family: "olmo3", from: "\"full_attention\": {", to: "\"every_attention\": {",
      location: "rope_parameters", found: "settings"),
    Case(
      family: "ministral3", from: "\"llama_4_scaling_beta\": 0.3,", to: "",
      location: "rope_parameters", found: "no \"llama_4_scaling_beta\""),
    Case(
      family: "ministral3", from: "\"llama_4_scaling_beta\": 0.3,",
      to: "\"llama_4_scaling_beta\": -0.3,",
      location: "rope_parameters.llama_4_scaling_beta", found: "-0.3"),
    Case(
      family: "phi3-partial", from: "\"partial_rotary_factor\": 0.75",
      to: "\"partial_rotary_factor\": 0.2", location: "rope_parameters.partial_rotary_factor",
      found: "0.2"),
    Case(
      family: "qwen3", from: "\"model_type\": \"qwen3\"",
      to: "\"model_type\": \"qwen3\", \"partial_rotary_factor\": 0.5",
      location: "partial_rotary_factor", found: "0.5"),
    Case(
      family: "gemma2", from: "\"attn_logit_softcapping\": 4.0",
      to: "\"attn_logit_softcapping\": -4.0", location: "attn_logit_softcapping", found: "-4"),
    Case(
      family: "gemma2", from: "\"final_logit_softcapping\": 15.0",
      to: "\"final_logit_softcapping\": 1e-9", location: "logits_cap", found: "1e-09"),
    Case(
      family: "glm", from: "\"partial_rotary_factor\": 0.5",
      to: "\"partial_rotary_factor\": 0.3", location: "rope_parameters.partial_rotary_factor",
      found: "0.3"),
    Case(
      family: "glm4", from: "\"partial_rotary_factor\": 0.5",
      to: "\"partial_rotary_factor\": 1e300", location: "rope_parameters.partial_rotary_factor",
      found: "1e"),
    Case(
      family: "ernie4.5", from: "\"use_bias\": false", to: "\"use_bias\": true",
      location: "use_bias", found: "true"),
    Case(
      family: "qwen2-moe", from: "\"mlp_only_layers\": []", to: "\"mlp_only_layers\": [1]",
      location: "mlp_only_layers", found: "an array"),
    Case(
      family: "qwen2-moe", from: "\"decoder_sparse_step\": 1", to: "\"decoder_sparse_step\": 2",
      location: "decoder_sparse_step", found: "2"),
    Case(
      family: "qwen2-moe", from: "\"shared_expert_intermediate_size\": 80",
      to: "\"shared_expert_intermediate_size\": 0", location: "block.experts.shared_size",
      found: "0"),
    Case(
      family: "olmoe", from: "\"clip_qkv\": null", to: "\"clip_qkv\": 8", location: "clip_qkv",
      found: "8"),
    Case(
      family: "qwen3-moe", from: "\"mlp_only_layers\": []", to: "\"mlp_only_layers\": [1]",
      location: "mlp_only_layers", found: "an array"),
    Case(
      family: "qwen3-moe", from: "\"decoder_sparse_step\": 1", to: "\"decoder_sparse_step\": 2",
      location: "decoder_sparse_step", found: "2"),
    Case(
      family: "qwen3-moe", from: "\"num_experts_per_tok\": 2", to: "\"num_experts_per_tok\": 9",
      location: "block.experts.per_token", found: "9"),
    Case(
      family: "qwen3-moe", from: "\"num_local_experts\": 8", to: "\"num_local_experts\": 5000",
      location: "block.experts.count", found: "5000"),
    Case(
      family: "stablelm", from: "\"qk_layernorm\": false", to: "\"qk_layernorm\": true",
      location: "qk_layernorm", found: "true"),
    Case(
      family: "stablelm", from: "\"hidden_act\": \"silu\"", to: "\"hidden_act\": \"relu\"",
      location: "hidden_act", found: "\"relu\""),
    Case(
      family: "stablelm", from: "\"layer_norm_eps\": 1e-05", to: "\"layer_norm_eps\": 2",
      location: "norm_epsilon", found: "2"),
    Case(
      family: "gpt-neox", from: "\"hidden_act\": \"gelu\"", to: "\"hidden_act\": \"gelu_10\"",
      location: "hidden_act", found: "\"gelu_10\""),
    Case(
      family: "gpt-neox", from: "\"model_type\": \"gpt_neox\"",
      to: "\"model_type\": \"gpt_neox\", \"head_dim\": 16", location: "head_dim", found: "16"),
    Case(
      family: "gpt-neox", from: "\"partial_rotary_factor\": 0.5",
      to: "\"partial_rotary_factor\": 0.25", location: "rope_parameters.partial_rotary_factor",
      found: "0.25"),
    Case(
      family: "cohere", from: "\"use_qk_norm\": false", to: "\"use_qk_norm\": true",
      location: "use_qk_norm", found: "true"),
    Case(
      family: "cohere", from: "\"logit_scale\": 0.25", to: "\"logit_scale\": 0",
      location: "logit_scale", found: "0"),
    Case(
      family: "cohere2", from: "\"sliding_attention\",", to: "\"chunked_attention\",",
      location: "layer_types[0]", found: "\"chunked_attention\""),
    Case(
      family: "starcoder2", from: "\"use_bias\": true", to: "\"use_bias\": 1",
      location: "use_bias", found: "1"),
    Case(
      family: "gpt-oss", from: "\"swiglu_limit\": 7.0", to: "\"swiglu_limit\": -7.0",
      location: "swiglu_limit", found: "-7"),
    Case(
      family: "gpt-oss", from: "\"num_experts_per_tok\": 2", to: "\"num_experts_per_tok\": 7",
      location: "block.experts.per_token", found: "7"),
    Case(
      family: "gpt-oss", from: "\"sliding_attention\",", to: "\"chunked_attention\",",
      location: "layer_types[0]", found: "\"chunked_attention\""),
    Case(
      family: "gpt-oss-mxfp4", from: "\"quant_method\": \"mxfp4\"",
      to: "\"quant_method\": \"mxfp4\", \"block_size\": 16",
      location: "quantization_config", found: "block_size"),
    Case(
      family: "gpt2", from: "\"n_head\": 4", to: "\"n_head\": 7", location: "n_head", found: "7"),
    Case(
      family: "gpt2", from: "\"n_positions\": 512", to: "\"n_positions\": 0",
      location: "context_length", found: "0"),
    Case(
      family: "gpt2", from: "\"n_embd\": 48", to: "\"n_embd\": 9000000000000000000",
      location: "hidden_size", found: "9000000000000000000"),
    Case(
      family: "gpt2", from: "\"gelu_new\"", to: "\"relu\"", location: "activation_function",
      found: "\"relu\""),
    Case(
      family: "gpt2", from: "\"scale_attn_by_inverse_layer_idx\": false",
      to: "\"scale_attn_by_inverse_layer_idx\": true",
      location: "scale_attn_by_inverse_layer_idx", found: "true"),
    Case(
      family: "gpt2", from: "\"add_cross_attention\": false", to: "\"add_cross_attention\": true",
      location: "add_cross_attention", found: "true"),
    Case(
      family: "gpt2", from: "\"model_type\": \"gpt2\"",
      to: "\"model_type\": \"gpt2\", \"quantization_config\": {\"quant_method\": \"gptq\", "
        + "\"bits\": 4, \"group_size\": 16, \"desc_act\": false, \"sym\": true}",
      location: "quantization_config", found: "gptq"),
    Case(
      family: "phi", from: "\"qk_layernorm\": false", to: "\"qk_layernorm\": true",
      location: "qk_layernorm", found: "true"),
    Case(
      family: "phi", from: "\"tie_word_embeddings\": false", to: "\"tie_word_embeddings\": true",
      location: "tie_word_embeddings", found: "true"),
    Case(
      family: "mistral-window", from: "\"sliding_window\": 24", to: "\"sliding_window\": \"all\"",
      location: "sliding_window", found: "\"all\""),
  ]

  @Test(arguments: cases) func isRefusedBeforeTensors(_ hostile: Case) throws {
    let scratch = try Scratch()
    let source = try scratch.copy(
      directory: Golden.path("families/\(hostile.family)"), to: "source")
    let config = String(decoding: try readFile("\(source)/config.json"), as: UTF8.self)
    let range = try #require(config.firstRange(of: hostile.from), "\(config)")
    try scratch.write(
      config.replacingCharacters(in: range, with: hostile.to), to: "source/config.json")
    // Reading tensors would fail with another error.
    try scratch.write([1, 2, 3], to: "source/model.safetensors")
    let error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
  }

  /// A family that people ask for is refused with the reason.
  @Test(arguments: [
    ("gpt_bigcode", "one key for all heads"), ("opt", "embeddings of positions that begin"),
    ("deepseek_v3", "latent attention"), ("gemma4_text", "embeddings for each block"),
    ("granitemoehybrid", "state space blocks"),
  ]) func aReasonIsGiven(name: String, reason: String) throws {
    let scratch = try Scratch()
    _ = try scratch.copy(directory: Golden.path("families/qwen3"), to: "source")
    try scratch.edit(
      "source/config.json", "\"model_type\": \"qwen3\"", "\"model_type\": \"\(name)\"")
    let error = #expect(throws: InputError.self) {
      try Importer(source: scratch("source"), target: scratch("out")).run()
    }
    #expect(error?.location == "model_type")
    #expect(error?.advice?.contains("\(name) has \(reason)") == true, "\(error?.advice ?? "")")
  }

  /// LongRoPE factors for another number of pairs, and experts of other shapes, are refused.
  @Test func tensorsMustFitTheFamily() throws {
    let scratch = try Scratch()
    var source = try scratch.copy(directory: Golden.path("families/phi3-long"), to: "phi")
    var config = String(decoding: try readFile("\(source)/config.json"), as: UTF8.self)
    config = config.replacing("\"num_attention_heads\": 4", with: "\"num_attention_heads\": 2")
    try scratch.write(config, to: "phi/config.json")
    var error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.location == "rope.scaling")
    source = try scratch.copy(directory: Golden.path("families/qwen3-moe"), to: "moe")
    config = String(decoding: try readFile("\(source)/config.json"), as: UTF8.self)
    config = config.replacing(
      "\"moe_intermediate_size\": 32", with: "\"moe_intermediate_size\": 16")
    try scratch.write(config, to: "moe/config.json")
    error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.expected.contains("by the configuration") == true)
  }

  private static let configurations: [(from: String, to: String, location: String)] = [
    ("\"size\": 24", "\"size\": 0", "configuration.sliding_window.size"),
    ("\"activation\": \"gelu_tanh\"", "\"activation\": \"relu\"", "configuration.block.activation"),
    ("\"post_norms\": true", "\"post_norm\": true", "configuration.block"),
    ("\"embedding_scale\"", "\"embedding_factor\"", "configuration"),
    ("\"embedding_scale\": ", "\"embedding_scale\": -", "configuration.embedding_scale"),
    ("\"window\": 24", "\"window\": 25", "kv_cache"),
  ]

  @Test(arguments: configurations.indices) func aManifestThatCannotBeIsRefused(index: Int) throws {
    let (from, to, location) = Self.configurations[index]
    let scratch = try Scratch()
    let gemma = try #require(TinyModel.families.first { $0.checkpoint == "families/gemma3" })
    let artifact = try gemma.imported(into: scratch)
    let text = artifact.manifest.json.text()
    let range = try #require(text.firstRange(of: from), "\(text.prefix(2000))")
    try scratch.write(text.replacingCharacters(in: range, with: to), to: "model/manifest.json")
    let error = #expect(throws: InputError.self) { try Artifact(opening: artifact.path) }
    #expect(error?.location == location)
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}

/// Exports every family with `cleave export gguf` and imports the file again.
@Suite struct FamilyGGUFTests {
  private func families(_ names: [String]) -> [TinyModel] {
    TinyModel.families.filter { names.contains(String($0.checkpoint.dropFirst("families/".count))) }
  }

  private func expectSameWeights(_ model: Artifact, _ again: Artifact) throws {
    let outside = [ArtifactLayout.embedding, ArtifactLayout.head]
    for path in outside + model.manifest.blocks.map(ArtifactLayout.block) {
      let (mine, others) = (try model.tensors(in: path), try again.tensors(in: path))
      #expect(Set(mine.keys) == Set(others.keys))
      for (name, tensor) in mine {
        #expect(try #require(others[name]).floats() == tensor.floats(), "\(name)")
      }
    }
  }

  /// llama.cpp's file of StarCoder 2 has the model's weights, and says nothing of its window.
  @Test func aFileWithoutTheWindowHasTheSameWeights() throws {
    let scratch = try Scratch()
    let tiny = try #require(families(["starcoder2"]).first)
    let model = try tiny.imported(into: scratch)
    let file = Golden.path("families/starcoder2/starcoder2.gguf")
    _ = try Importer(source: file, target: scratch("again")).run()
    let again = try Artifact(opening: scratch("again"))
    #expect(model.manifest.configuration.window != nil)
    #expect(again.manifest.configuration.window == nil)
    #expect(again.manifest.configuration.block == model.manifest.configuration.block)
    try expectSameWeights(model, again)
  }

  /// The weights come back bit by bit; a window that llama.cpp does not compute comes back as a
  /// shorter context.
  @Test(arguments: [
    "llama-biases", "mistral", "mistral-window", "qwen2", "qwen3", "gemma3", "phi3-window",
    "phi3-long", "phi3-short", "phi3-partial", "qwen3-moe", "llama-yarn", "smollm3", "granite",
    "olmo2", "olmo3", "mixtral", "ministral3", "gemma2", "glm", "glm4", "ernie4.5", "qwen2-moe",
    "olmoe", "stablelm", "stablelm-parallel", "gpt-neox", "cohere", "cohere2", "starcoder2",
    "gpt-oss", "gpt2", "phi",
  ])
  func importsAsTheSameWeights(name: String) throws {
    let scratch = try Scratch()
    let tiny = try #require(families([name]).first)
    let model = try tiny.imported(into: scratch)
    let result = try GGUFExport(source: model.path, target: scratch("m.gguf")).run()
    _ = try Importer(source: scratch("m.gguf"), target: scratch("again")).run()
    let again = try Artifact(opening: scratch("again"))
    try expectSameWeights(model, again)
    var (one, other) = (model.manifest.configuration, again.manifest.configuration)
    let isCut = ["mistral-window", "phi3-window", "starcoder2"].contains(name)
    #expect(result.notes.contains { $0.contains("sliding window") } == isCut)
    // Its bounds of YaRN are not rounded, which llama.cpp does.
    #expect(result.notes.contains { $0.contains("rounds the bounds") } == (name == "gpt-oss"))
    if isCut {
      #expect(other.contextLength == 24 && other.window == nil)
      one.contextLength = 24
      one.window = nil
    }
    // GGUF files say llama for both families.
    if one.architecture == "mistral" { other.architecture = "mistral" }
    #expect(one == other)
  }

  /// A model that llama.cpp would compute differently is refused.
  @Test(arguments: [
    ("gemma3-scalar", "attention_scale"), ("qwen3-moe-plain", "block.experts.normalized"),
    ("qwen3-yarn", "rope.scaling.truncates"), ("smollm3-window", "blocks_without_rope"),
    ("gemma2-plain", "attention_scale"), ("qwen2-moe-window", "block.experts.normalized"),
    ("gpt-neox-serial", "block.activation"), ("gpt-oss-mxfp4", "block.gate_clamp"),
    ("gpt2-unscaled", "block.activation"),
  ])
  func isNotWritten(name: String, location: String) throws {
    let scratch = try Scratch()
    let model = try #require(families([name]).first).imported(into: scratch)
    let error = #expect(throws: InputError.self) {
      try GGUFExport(source: model.path, target: scratch("m.gguf")).run()
    }
    #expect(error?.location == "configuration.\(location)")
  }
}
