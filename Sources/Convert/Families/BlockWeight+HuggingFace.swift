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
    case .output: "self_attn.o_proj.weight"
    case .outputBias: "self_attn.o_proj.bias"
    case .postAttentionNorm: "post_attention_norm.weight"
    case .feedForwardNorm: "post_attention_layernorm.weight"
    case .gate: "mlp.gate_proj.weight"
    case .up: "mlp.up_proj.weight"
    case .down: "mlp.down_proj.weight"
    case .router: "mlp.gate.weight"
    case .expertGate: "mlp.experts.*.gate_proj.weight"
    case .expertUp: "mlp.experts.*.up_proj.weight"
    case .expertDown: "mlp.experts.*.down_proj.weight"
    case .postFeedForwardNorm: "post_feed_forward_norm.weight"
    }
  }
}
