import CleaveStorage

/// Reads how a checkpoint's weights are quantized, from config.json or modelopt's file beside it.
enum QuantizationConfiguration {
  private static let key = "quantization_config"
  private static let mlx = "quantization"
  private static let method = "quant_method"
  /// The file in which modelopt says how it quantized, if config.json says nothing.
  static let modelOptFile = "hf_quant_config.json"

  /// The methods that are read, by their names in config.json.
  private static let methods: [(name: String, read: Reader)] = [
    ("fp8", { try FP8Scheme($0) }),
    ("fbgemm_fp8", { try FP8Scheme(fbgemm: $0) }),
    ("gptq", { try GPTQScheme($0) }),
    ("awq", { try AWQScheme($0) }),
    ("compressed-tensors", { try CompressedTensorsScheme($0) }),
    ("bitsandbytes", { try BitsAndBytesScheme($0) }),
    ("modelopt", { try ModelOptScheme($0) }),
    ("torchao", { try TorchAOScheme($0) }),
    ("mxfp4", { try MXFP4Scheme($0) }),
  ]

  private typealias Reader = @Sendable (JSONNode) throws -> any QuantizationScheme

  /// The scheme of a checkpoint; nil if its weights are floats.
  ///
  /// - Throws: `InputError` that names a method or setting that is not supported.
  static func scheme(
    _ config: JSONNode, directory: String
  ) throws -> (any QuantizationScheme)? {
    // mlx-lm writes its settings under both names, and no method.
    if let settings = try config.optional(mlx) { return try MLXScheme(settings) }
    guard let settings = try config.optional(key) else {
      let path = "\(directory)/\(modelOptFile)"
      guard FileSystem.exists(path) else { return nil }
      return try ModelOptScheme(FileSystem.readJSON(path, limit: 1 << 24).required("quantization"))
    }
    let name = try settings.required(method)
    let text = try name.string()
    guard let known = methods.first(where: { $0.name == text }) else {
      throw name.refuse(
        expected: "a supported method: \(methods.map(\.name).joined(separator: ", "))",
        advice: "Give the original checkpoint, or a GGUF file of the quantized one.")
    }
    return try known.read(settings)
  }
}

extension JSONNode {
  /// Refuses settings that a scheme does not know, as they could change what weights mean.
  ///
  /// - Parameters: - names: the settings that are read. - ignored: settings that say how the
  ///   package quantized or computes, and nothing of what is stored.
  func allowSettings(_ names: [String], ignoring ignored: [String]) throws {
    let known = Set(names + ignored + ["quant_method"])
    for member in try object().members where !known.contains(member.name) {
      throw refuse(
        expected: "only settings whose meaning is known: \(names.joined(separator: ", "))",
        found: "\"\(member.name)\"")
    }
  }

  /// Refuses a setting that is there with another value than those that are read.
  func allowText(_ name: String, _ values: [String]) throws {
    guard let node = try optional(name), !values.contains(try node.string()) else { return }
    throw node.refuse(expected: values.map { "\"\($0)\"" }.joined(separator: " or "))
  }
}
