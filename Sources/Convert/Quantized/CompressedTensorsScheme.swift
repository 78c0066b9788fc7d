import CleaveStorage

/// compressed-tensors, as llm-compressor writes it: groups of modules, each in a format of its own.
struct CompressedTensorsScheme: QuantizationScheme {
  let name = "compressed-tensors"
  let parts = [
    ".weight_packed", ".weight_scale", ".weight_zero_point", ".weight_shape", ".weight_g_idx",
    ".weight_global_scale", QuantizedModule.weight,
  ]
  let dropped = [
    ".input_scale", ".input_zero_point", ".input_global_scale", ".output_scale",
    ".output_zero_point", ".k_scale", ".v_scale", ".q_scale", ".k_zero_point", ".v_zero_point",
    ".q_zero_point", ".k_global_scale", ".v_global_scale", ".q_global_scale",
  ]
  private let groups: [CompressedTensorsGroup]
  /// How many groups there may be: each module's name is looked for in all of them.
  private static let mostGroups = 512

  init(_ settings: JSONNode) throws {
    try settings.allowSettings(
      ["config_groups", "format", "sparsity_config", "transform_config", "moe_sparsity_config"],
      ignoring: [
        "ignore", "kv_cache_scheme", "quantization_status", "global_compression_ratio", "version",
        "run_compressed",
      ])
    for key in ["transform_config", "moe_sparsity_config", "sparsity_config"] {
      guard let node = try settings.optional(key), try !node.members().isEmpty else { continue }
      if let format = try node.optional("format"), try format.string() == "dense" { continue }
      throw node.refuse(
        expected: "nothing, or the format \"dense\": \(key) is not supported",
        found: try node.optional("format").map { "the format \"\(try $0.string())\"" })
    }
    try settings.allowText("quantization_status", ["compressed", "frozen"])
    let format = try settings.optional("format")
    let node = try settings.required("config_groups")
    let members = try node.members()
    guard members.count <= Self.mostGroups else {
      throw node.refuse(expected: "at most \(Self.mostGroups) groups", found: "\(members.count)")
    }
    var groups = try members.compactMap { try CompressedTensorsGroup($0.node, format: format) }
    var most = CompressedTensorsGroup.mostExpressions
    if groups.count > 1 {
      for index in groups.indices { try groups[index].readExpressions(most: &most) }
    }
    self.groups = groups
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    guard let group = group(of: module.name) else {
      throw InputError(
        file: module.directory, location: module.name, found: "quantized parts",
        expected: "a group of quantization_config.config_groups whose targets name the module")
    }
    return try group.matrix(of: module)
  }

  /// The group whose targets name a module: by its name, by a regular expression or by its class,
  /// in this order. A single group takes all modules that have parts.
  private func group(of module: String) -> CompressedTensorsGroup? {
    if groups.count == 1 { return groups[0] }
    let isEmbedding = module.hasSuffix("embed_tokens")
    if let group = groups.first(where: { $0.has(target: module) }) { return group }
    if let group = groups.first(where: { $0.matches(module) }) { return group }
    return groups.first { $0.has(target: isEmbedding ? "Embedding" : "Linear") }
  }
}
