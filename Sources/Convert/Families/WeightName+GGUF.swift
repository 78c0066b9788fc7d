import CleaveModel

extension WeightName {
  /// The tensor name in GGUF; for weights in blocks, the name that most architectures use.
  var ggufName: String {
    switch self {
    case .tokenEmbedding: "token_embd.weight"
    case .positionEmbedding: "position_embd.weight"
    case .finalNorm: "output_norm.weight"
    case .finalNormBias: "output_norm.bias"
    case .head: "output.weight"
    case .headBias: "output.bias"
    case .block(let index, let part): "blk.\(index).\(part.ggufName)"
    }
  }
}

extension BlockWeight {
  /// Whether the weight is one of the experts' matrices, which GGUF stores as one tensor of three
  /// dimensions.
  var isExperts: Bool { [.expertGate, .expertUp, .expertDown].contains(self) }

  /// Whether the weight is the experts' biases, which GGUF stores as one tensor of two dimensions.
  var isExpertBiases: Bool { [.expertGateBias, .expertUpBias, .expertDownBias].contains(self) }

  /// The name within a block that llama.cpp's converter uses in nearly every architecture.
  var ggufName: String {
    switch self {
    case .attentionNorm: "attn_norm.weight"
    case .attentionNormBias: "attn_norm.bias"
    case .query: "attn_q.weight"
    case .key: "attn_k.weight"
    case .value: "attn_v.weight"
    case .queryBias: "attn_q.bias"
    case .keyBias: "attn_k.bias"
    case .valueBias: "attn_v.bias"
    case .queryNorm: "attn_q_norm.weight"
    case .keyNorm: "attn_k_norm.weight"
    case .attentionSinks: "attn_sinks.weight"
    case .outputGate: "attn_output_gate.weight"
    case .output: "attn_output.weight"
    case .outputBias: "attn_output.bias"
    case .convolutionInputGate: "shortconv.input_gate.weight"
    case .convolutionOutputGate: "shortconv.output_gate.weight"
    case .convolutionInput: "shortconv.input.weight"
    case .convolutionKernel: "shortconv.conv.weight"
    case .convolutionOutput: "shortconv.out_proj.weight"
    case .deltaInput: "attn_qkv.weight"
    case .deltaGate: "attn_gate.weight"
    case .deltaWrite: "ssm_beta.weight"
    case .deltaDecay: "ssm_alpha.weight"
    case .deltaDecayBias: "ssm_dt.bias"
    case .deltaRate: "ssm_a"
    case .deltaKernel: "ssm_conv1d.weight"
    case .deltaNorm: "ssm_norm.weight"
    case .deltaOutput: "ssm_out.weight"
    case .postAttentionNorm: "post_attention_norm.weight"
    case .feedForwardNorm: "ffn_norm.weight"
    case .feedForwardNormBias: "ffn_norm.bias"
    case .gate: "ffn_gate.weight"
    case .up: "ffn_up.weight"
    case .down: "ffn_down.weight"
    case .gateBias: "ffn_gate.bias"
    case .upBias: "ffn_up.bias"
    case .downBias: "ffn_down.bias"
    case .router: "ffn_gate_inp.weight"
    case .routerBias: "ffn_gate_inp.bias"
    case .sharedRouter: "ffn_gate_inp_shexp.weight"
    case .sharedGate: "ffn_gate_shexp.weight"
    case .sharedUp: "ffn_up_shexp.weight"
    case .sharedDown: "ffn_down_shexp.weight"
    case .expertGate: "ffn_gate_exps.weight"
    case .expertUp: "ffn_up_exps.weight"
    case .expertDown: "ffn_down_exps.weight"
    case .expertGateBias: "ffn_gate_exps.bias"
    case .expertUpBias: "ffn_up_exps.bias"
    case .expertDownBias: "ffn_down_exps.bias"
    case .postFeedForwardNorm: "post_ffw_norm.weight"
    }
  }
}
