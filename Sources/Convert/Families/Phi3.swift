import CleaveModel
import CleaveStorage

extension Family {
  /// Phi-3 and Phi-4 (Abdin et al., arXiv 2404.14219): a Llama with fused query, key and value
  /// matrices, fused gate and up matrices, and LongRoPE. Phi-4-mini applies RoPE to part of each
  /// head.
  static let phi3 = Family(
    name: "phi3",
    huggingFace: HuggingFaceFormat(
      modelClass: "Phi3ForCausalLM",
      defaults: .init(context: 4096, epsilon: 1e-5, rotatedShare: 1),
      fused: [
        FusedTensor(name: "self_attn.qkv_proj.weight", parts: [.query, .key, .value]),
        FusedTensor(name: "mlp.gate_up_proj.weight", parts: [.gate, .up]),
      ],
      read: { model, settings in
        model.window = try settings.int("sliding_window").map {
          SlidingWindow(size: $0, blocks: Array(0..<model.blockCount))
        }
      },
      write: { model in
        var members: [JSONObject.Member] = [
          ("sliding_window", model.window.map { .integer(Int64($0.size)) } ?? .null)
        ]
        if case .longRoPE(let long) = model.rope.scaling {
          members.append(
            ("original_max_position_embeddings", .integer(Int64(long.originalContext))))
        }
        return members
      }),
    gguf: GGUFFormat(
      architecture: "phi3", rotatesPart: true,
      fused: [
        FusedTensor(name: "attn_qkv.weight", parts: [.query, .key, .value]),
        FusedTensor(name: "ffn_up.weight", parts: [.gate, .up]),
      ],
      read: { model, settings in
        if let size = try settings.int("attention.sliding_window"), size > 0 {
          model.window = SlidingWindow(size: size, blocks: Array(0..<model.blockCount))
        }
        if let long = try settings.longRoPE() { model.rope.scaling = .longRoPE(long) }
      },
      write: { model, _ in
        // llama.cpp requires the key, and computes no window for this architecture.
        var members: [(key: String, value: GGUFWriter.Value)] = [
          ("attention.sliding_window", .uint32(0))
        ]
        if case .longRoPE(let long) = model.rope.scaling {
          members += [
            ("rope.scaling.original_context_length", .uint32(UInt32(long.originalContext))),
            ("rope.scaling.attn_factor", .float32(long.attentionFactor)),
          ]
        }
        return members
      }))
}
