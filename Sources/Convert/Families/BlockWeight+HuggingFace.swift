import CleaveModel

extension BlockWeight {
  /// The name within a layer in Llama, or in most families for weights that Llama lacks.
  var huggingFaceName: String {
    switch self {
    case .attentionNorm: "input_layernorm.weight"
    case .query: "self_attn.q_proj.weight"
    case .key: "self_attn.k_proj.weight"
    case .value: "self_attn.v_proj.weight"
    case .queryBias: "self_attn.q_proj.bias"
    case .keyBias: "self_attn.k_proj.bias"
    case .valueBias: "self_attn.v_proj.bias"
    case .queryNorm: "self_attn.q_norm.weight"
    case .keyNorm: "self_attn.k_norm.weight"
    case .outputGate: "self_attn.gate_proj.weight"
    case .output: "self_attn.o_proj.weight"
    case .outputBias: "self_attn.o_proj.bias"
    case .convolutionInputGate: "conv.input_gate.weight"
    case .convolutionOutputGate: "conv.output_gate.weight"
    case .convolutionInput: "conv.input.weight"
    case .convolutionKernel: "conv.conv.weight"
    case .convolutionOutput: "conv.out_proj.weight"
    case .deltaInput: "linear_attn.in_proj_qkv.weight"
    case .deltaGate: "linear_attn.in_proj_z.weight"
    case .deltaWrite: "linear_attn.in_proj_b.weight"
    case .deltaDecay: "linear_attn.in_proj_a.weight"
    case .deltaDecayBias: "linear_attn.dt_bias"
    case .deltaRate: "linear_attn.A_log"
    case .deltaKernel: "linear_attn.conv1d.weight"
    case .deltaNorm: "linear_attn.norm.weight"
    case .deltaOutput: "linear_attn.out_proj.weight"
    case .postAttentionNorm: "post_attention_norm.weight"
    case .feedForwardNorm: "post_attention_layernorm.weight"
    case .gate: "mlp.gate_proj.weight"
    case .up: "mlp.up_proj.weight"
    case .down: "mlp.down_proj.weight"
    case .router: "mlp.gate.weight"
    case .sharedRouter: "mlp.shared_expert_gate.weight"
    case .sharedGate: "mlp.shared_expert.gate_proj.weight"
    case .sharedUp: "mlp.shared_expert.up_proj.weight"
    case .sharedDown: "mlp.shared_expert.down_proj.weight"
    case .expertGate: "mlp.experts.*.gate_proj.weight"
    case .expertUp: "mlp.experts.*.up_proj.weight"
    case .expertDown: "mlp.experts.*.down_proj.weight"
    case .postFeedForwardNorm: "post_feed_forward_norm.weight"
    }
  }
}
