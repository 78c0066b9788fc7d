import CleaveModel

/// A GGUF file seen as a checkpoint: its metadata read as a configuration and a tokenizer, its
/// tensors under this tool's names and row order.
struct GGUFCheckpoint: Checkpoint {
  private let gguf: GGUFFile
  let configuration: ModelConfiguration
  let tokenizer: ImportedTokenizer
  private let tensors: [String: Tensor]

  init(path: String) throws {
    gguf = try GGUFFile(path: path)
    var configuration = try Self.configuration(of: gguf)
    try configuration.validate(file: path, place: "")
    tokenizer = try Self.tokenizer(of: gguf)
    try tokenizer.validate(vocabularySize: configuration.vocabularySize, source: path)
    tensors = Dictionary(uniqueKeysWithValues: try gguf.tensors().map { ($0.name, $0) })
    configuration.tiedEmbeddings = tensors["output.weight"] == nil
    if let divisors = try Self.ropeDivisors(tensors["rope_freqs.weight"]) {
      guard configuration.rope.scaling == .none else {
        throw InputError(
          file: path, place: "rope_freqs.weight", found: "it beside another RoPE scaling",
          expected: "one kind of scaling")
      }
      configuration.rope.scaling = .divisors(divisors)
    }
    try configuration.validate(file: path, place: "")
    self.configuration = configuration
  }

  var source: String { gguf.file.path }
  var files: [String] { [gguf.file.path] }
  var tensorNames: Set<String> { Set(tensors.keys).subtracting(["rope_freqs.weight"]) }

  func checkpointName(of weight: WeightName) -> String {
    switch weight {
    case .tokenEmbedding: "token_embd.weight"
    case .finalNorm: "output_norm.weight"
    case .head: "output.weight"
    case .block(let index, let part): "blk.\(index).\(part.ggufName).weight"
    }
  }

  func tensor(named name: String) throws -> Tensor? { tensors[name] }

  /// llama.cpp interleaves the two halves that RoPE rotates in the rows of Q and K; undone here by
  /// moving whole rows, so that quantized blocks keep their bits.
  func weightSource(_ tensor: Tensor, for weight: WeightName) -> WeightSource {
    switch weight {
    case .block(_, .query), .block(_, .key):
      let half = configuration.headDimension / 2
      return WeightSource(tensor, name: weight.text) { row in
        let (head, within) = row.quotientAndRemainder(dividingBy: 2 * half)
        return head * 2 * half + (within % half) * 2 + within / half
      }
    default: return WeightSource(tensor, name: weight.text)
    }
  }
}

// MARK: - Configuration

extension GGUFCheckpoint {
  private static func configuration(of gguf: GGUFFile) throws -> ModelConfiguration {
    let file = gguf.file.path
    let name = try gguf.required(gguf.string("general.architecture"), "general.architecture")
    guard let architecture = Architecture(rawValue: name) else {
      throw InputError(
        file: file, place: "general.architecture", found: "\"\(name)\"",
        expected: "a supported architecture: \(Architecture.supported)")
    }
    func int(_ key: String) throws -> Int {
      try gguf.required(gguf.int("\(name).\(key)"), "\(name).\(key)")
    }
    try refuseExperts(gguf, name)
    let hidden = try int("embedding_length")
    let heads = try int("attention.head_count")
    guard heads > 0 else {
      throw InputError(
        file: file, place: "\(name).attention.head_count", found: "0", expected: "at least 1")
    }
    let head = try gguf.int("\(name).attention.key_length") ?? hidden / heads
    try require(gguf, "\(name).attention.value_length", head, "the key length")
    try require(
      gguf, "\(name).rope.dimension_count", head, "the head dimension: RoPE on whole heads")
    let tokens = try gguf.strings("tokenizer.ggml.tokens")?.count
    return ModelConfiguration(
      architecture: architecture, hiddenSize: hidden, blockCount: try int("block_count"),
      headCount: heads, kvHeadCount: try gguf.int("\(name).attention.head_count_kv") ?? heads,
      headDimension: head, intermediateSize: try int("feed_forward_length"),
      vocabularySize: try gguf.int("\(name).vocab_size") ?? tokens ?? 0,
      contextLength: try int("context_length"),
      normEpsilon: Float(
        try gguf.required(
          gguf.number("\(name).attention.layer_norm_rms_epsilon"),
          "\(name).attention.layer_norm_rms_epsilon")),
      rope: try rope(of: gguf, name), tiedEmbeddings: false)
  }

  private static func refuseExperts(_ gguf: GGUFFile, _ name: String) throws {
    guard let experts = try gguf.int("\(name).expert_count"), experts > 0 else { return }
    throw InputError(
      file: gguf.file.path, place: "\(name).expert_count", found: "\(experts) experts",
      expected: "a dense model")
  }

  /// A key that, when there, must have this value.
  private static func require(
    _ gguf: GGUFFile, _ key: String, _ value: Int, _ meaning: String
  ) throws {
    guard let found = try gguf.int(key), found != value else { return }
    throw InputError(
      file: gguf.file.path, place: key, found: "\(found)", expected: "\(value), \(meaning)")
  }

  /// In float32 too: the manifest would not be read back otherwise.
  private static func requirePositive(_ gguf: GGUFFile, _ key: String, _ value: Double) throws {
    guard Float(value) > 0, Float(value).isFinite else {
      throw InputError(
        file: gguf.file.path, place: key, found: "\(value)",
        expected: "a number above 0 within float32")
    }
  }

  private static func rope(of gguf: GGUFFile, _ name: String) throws -> RoPE {
    let theta = try gguf.number("\(name).rope.freq_base") ?? 10_000
    try requirePositive(gguf, "\(name).rope.freq_base", theta)
    let key = "\(name).rope.scaling.type"
    let kind = try gguf.string(key) ?? "none"
    switch kind {
    case "none": return RoPE(theta: theta)
    case "linear":
      let factorKey = "\(name).rope.scaling.factor"
      let factor = try gguf.required(gguf.number(factorKey), factorKey)
      try requirePositive(gguf, factorKey, factor)
      return RoPE(theta: theta, scaling: .linear(factor: factor))
    default:
      throw InputError(
        file: gguf.file.path, place: key, found: "\"\(kind)\"",
        expected: "a supported RoPE kind: none, linear, or llama3's rope_freqs.weight")
    }
  }

  private static func ropeDivisors(_ tensor: Tensor?) throws -> [Float]? {
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

  private static func tokenizer(of gguf: GGUFFile) throws -> ImportedTokenizer {
    func id(_ name: String) throws -> Int? { try gguf.int("tokenizer.ggml.\(name)_token_id") }
    let vocabulary = GGUFVocabulary(
      file: gguf.file.path,
      model: try gguf.required(gguf.string("tokenizer.ggml.model"), "tokenizer.ggml.model"),
      pre: try gguf.string("tokenizer.ggml.pre"),
      tokens: try gguf.required(gguf.strings("tokenizer.ggml.tokens"), "tokenizer.ggml.tokens"),
      types: try gguf.ints("tokenizer.ggml.token_type"),
      merges: try gguf.required(gguf.strings("tokenizer.ggml.merges"), "tokenizer.ggml.merges"),
      bos: try id("bos"), eos: try id("eos"), unknown: try id("unknown"),
      padding: try id("padding"), addBOS: try gguf.bool("tokenizer.ggml.add_bos_token"),
      addEOS: try gguf.bool("tokenizer.ggml.add_eos_token"))
    let ends = [try id("eos"), try id("eot"), try id("eom")].compactMap { $0 }
    return ImportedTokenizer(
      json: try vocabulary.tokenizerJSON(),
      tokens: SpecialTokens(
        beginOfText: try id("bos"), endOfText: Array(Set(ends)).sorted(),
        chatTemplate: try gguf.string("tokenizer.chat_template")))
  }
}

extension BlockWeight {
  var ggufName: String {
    switch self {
    case .attentionNorm: "attn_norm"
    case .query: "attn_q"
    case .key: "attn_k"
    case .value: "attn_v"
    case .output: "attn_output"
    case .feedForwardNorm: "ffn_norm"
    case .gate: "ffn_gate"
    case .up: "ffn_up"
    case .down: "ffn_down"
    }
  }
}
