import CleaveStorage

extension BlockForm {
  private static let members = [
    "activation", "qkv_bias", "output_bias", "output_gate", "qk_norm", "qk_norm_whole", "pre_norms",
    "post_norms", "experts", "norm", "norm_bias", "parallel", "gated", "feed_forward_bias",
    "gate_clamp", "attention_sinks",
  ]

  /// Reads a block form; a member that is not there is as in a Llama.
  init(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    func flag(_ name: String) throws -> Bool { try node.optional(name)?.bool() ?? false }
    activation = try node.optional("activation")?.oneOf(Activation.self) ?? .silu
    queryKeyValueBias = try flag("qkv_bias")
    outputBias = try flag("output_bias")
    outputGate = try flag("output_gate")
    queryKeyNorm = try flag("qk_norm")
    wholeQueryKeyNorm = try flag("qk_norm_whole")
    preNorms = try node.optional("pre_norms")?.bool() ?? true
    postNorms = try flag("post_norms")
    experts = try node.optional("experts").map(Experts.init)
    norm = try node.optional("norm")?.oneOf(NormKind.self) ?? .rms
    normBias = try flag("norm_bias")
    parallel = try node.optional("parallel")?.oneOf(Parallel.self)
    gated = try node.optional("gated")?.bool() ?? true
    feedForwardBias = try flag("feed_forward_bias")
    gateClamp = try node.optional("gate_clamp").map(GateClamp.init)
    attentionSinks = try flag("attention_sinks")
  }

  var json: JSON {
    var object = JSONObject()
    if activation != .silu { object["activation"] = .string(activation.rawValue) }
    let flags = [
      ("qkv_bias", queryKeyValueBias), ("output_bias", outputBias), ("output_gate", outputGate),
      ("qk_norm", queryKeyNorm),
      ("qk_norm_whole", wholeQueryKeyNorm), ("post_norms", postNorms),
      ("norm_bias", normBias), ("feed_forward_bias", feedForwardBias),
      ("attention_sinks", attentionSinks),
    ]
    for (name, isSet) in flags where isSet { object[name] = true }
    if !preNorms { object["pre_norms"] = false }
    object["experts"] = experts?.json
    if norm != .rms { object["norm"] = .string(norm.rawValue) }
    object["parallel"] = parallel.map { .string($0.rawValue) }
    if !gated { object["gated"] = false }
    object["gate_clamp"] = gateClamp?.json
    return .object(object)
  }
}

extension Experts {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["count", "per_token", "normalized", "shared_size"])
    count = try node.required("count").int()
    perToken = try node.required("per_token").int()
    normalized = try node.required("normalized").bool()
    sharedSize = try node.optional("shared_size")?.int()
  }

  var json: JSON {
    var object = JSONObject([
      ("count", .integer(Int64(count))), ("per_token", .integer(Int64(perToken))),
      ("normalized", .bool(normalized)),
    ])
    object["shared_size"] = sharedSize.map { .integer(Int64($0)) }
    return .object(object)
  }
}

extension SlidingWindow {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["size", "blocks", "rope"])
    size = try node.required("size").int()
    blocks = try node.required("blocks").elements().map { try $0.int() }
    rope = try node.optional("rope").map(RoPE.init)
  }

  var json: JSON {
    var object: JSONObject = JSONObject([
      ("size", .integer(Int64(size))),
      ("blocks", .array(blocks.map { .integer(Int64($0)) })),
    ])
    object["rope"] = rope?.json
    return .object(object)
  }
}
