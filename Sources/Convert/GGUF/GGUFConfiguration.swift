import CleaveModel

/// Reads the metadata of a GGUF file as a model configuration. What the engine does not compute is
/// refused by name.
struct GGUFConfiguration {
  private let gguf: GGUFFile
  private let architecture: Architecture

  init(_ gguf: GGUFFile) throws {
    self.gguf = gguf
    let name = try gguf.required(gguf.string("general.architecture"), "general.architecture")
    guard let architecture = Architecture(rawValue: name) else {
      throw InputError(
        file: gguf.file.path, place: "general.architecture", found: "\"\(name)\"",
        expected: "a supported architecture: \(Architecture.supported)")
    }
    self.architecture = architecture
  }

  /// Tied or not is for the tensors to say, and is false here.
  func read() throws -> ModelConfiguration {
    if let experts = try gguf.int(key("expert_count")), experts > 0 {
      throw refuse("expert_count", "\(experts) experts", "a dense model")
    }
    let hidden = try required("embedding_length")
    let heads = try required("attention.head_count")
    guard heads > 0 else { throw refuse("attention.head_count", "0", "at least 1") }
    let head = try gguf.int(key("attention.key_length")) ?? hidden / heads
    try require("attention.value_length", head, "the key length")
    try require("rope.dimension_count", head, "the head dimension: RoPE on whole heads")
    let tokens = try gguf.strings("tokenizer.ggml.tokens")?.count
    let epsilon = key("attention.layer_norm_rms_epsilon")
    return ModelConfiguration(
      architecture: architecture, hiddenSize: hidden, blockCount: try required("block_count"),
      headCount: heads, kvHeadCount: try gguf.int(key("attention.head_count_kv")) ?? heads,
      headDimension: head, intermediateSize: try required("feed_forward_length"),
      vocabularySize: try gguf.int(key("vocab_size")) ?? tokens ?? 0,
      contextLength: try required("context_length"),
      normEpsilon: Float(try gguf.required(gguf.number(epsilon), epsilon)),
      rope: try rope(), tiedEmbeddings: false)
  }

  private func key(_ name: String) -> String { "\(architecture.rawValue).\(name)" }

  private func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
    InputError(file: gguf.file.path, place: key(name), found: found, expected: expected)
  }

  private func required(_ name: String) throws -> Int {
    try gguf.required(gguf.int(key(name)), key(name))
  }

  /// A key that, when there, must have this value.
  private func require(_ name: String, _ value: Int, _ meaning: String) throws {
    guard let found = try gguf.int(key(name)), found != value else { return }
    throw refuse(name, "\(found)", "\(value), \(meaning)")
  }
}

// MARK: - RoPE

extension GGUFConfiguration {
  private func rope() throws -> RoPE {
    let theta = try positive("rope.freq_base") ?? 10_000
    let factor = try scaleFactor()
    // llama.cpp takes a factor without a type for linear scaling, and no factor for none.
    let kind = try gguf.string(key("rope.scaling.type")) ?? (factor == nil ? "none" : "linear")
    switch (kind, factor) {
    case ("none", nil), ("linear", nil): return RoPE(theta: theta)
    case ("none", let factor?):
      throw refuse("rope.scaling.type", "\"none\" beside a factor of \(factor)", "one or the other")
    case ("linear", let factor?): return RoPE(theta: theta, scaling: .linear(factor: factor))
    default:
      throw refuse(
        "rope.scaling.type", "\"\(kind)\"",
        "a supported RoPE kind: none, linear, or llama3's rope_freqs.weight")
    }
  }

  /// Under its present key or that of old files; 0 and 1 mean that nothing is scaled.
  private func scaleFactor() throws -> Double? {
    for name in ["rope.scaling.factor", "rope.scale_linear"] {
      guard let value = try gguf.number(key(name)), value != 0, value != 1 else { continue }
      return try positive(name)
    }
    return nil
  }

  /// In float32 too: the manifest would not be read back otherwise.
  private func positive(_ name: String) throws -> Double? {
    guard let value = try gguf.number(key(name)) else { return nil }
    guard Float(value) > 0, Float(value).isFinite else {
      throw refuse(name, "\(value)", "a number above 0 within float32")
    }
    return value
  }

  static func ropeDivisors(_ tensor: Tensor?) throws -> [Float]? {
    guard let tensor else { return nil }
    func refuse(_ found: String) -> InputError {
      InputError(
        file: tensor.file.path, place: tensor.name, found: found,
        expected: "a vector of F32, finite and above 0")
    }
    guard tensor.type == .f32, tensor.shape.count == 1, tensor.range.count <= 1 << 20 else {
      throw refuse("\(tensor.type.rawValue) of shape \(tensor.shape)")
    }
    let divisors = tensor.withBytes { bytes in
      (0..<tensor.rowElements).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
    guard divisors.allSatisfy({ $0.isFinite && $0 > 0 }) else { throw refuse("other values") }
    return divisors
  }
}
