import CleaveModel
import CleaveStorage

/// A GGUF file seen as a checkpoint: its metadata read as a configuration and a tokenizer, its
/// tensors under this tool's names and row order.
struct GGUFCheckpoint: Checkpoint {
  private let gguf: GGUFFile
  private let form: GGUFForm
  let configuration: ModelConfiguration
  let tokenizer: ImportedTokenizer
  private let tensors: [String: Tensor]

  /// Vectors that are read as settings.
  private static let settings: Set = [
    "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight",
  ]

  init(path: String, keepsTemplate: Bool = true) throws {
    gguf = try GGUFFile(path: path)
    let family = try GGUFConfiguration.family(gguf)
    // The metadata first, by itself: what it asks for is refused by name before tensors are read.
    let metadata = GGUFConfiguration(gguf, family: family, tensors: [:])
    form = metadata.form
    let said = try metadata.read()
    try said.validate(file: path, location: "")
    tokenizer = try GGUFTokenizer.read(
      gguf, vocabularySize: said.vocabularySize, keepsTemplate: keepsTemplate)
    tensors = Dictionary(uniqueKeysWithValues: try gguf.tensors().map { ($0.name, $0) })
    let whole = GGUFConfiguration(gguf, family: family, tensors: tensors)
    var configuration = try whole.read()
    try whole.complete(&configuration)
    try configuration.validate(file: path, location: "")
    self.configuration = configuration
  }

  var source: String { gguf.file.path }
  var files: [String] { [gguf.file.path] }
  var tensorNames: Set<String> { Set(tensors.keys).subtracting(Self.settings) }

  func tensor(named name: String) throws -> Tensor? { tensors[name] }

  func location(of weight: WeightName) -> WeightLocation {
    guard case .block(let index, let part) = weight else {
      return WeightLocation([weight.ggufName])
    }
    let fused = form.fused.location(of: part, in: configuration)
    var location = WeightLocation(["blk.\(index).\(fused?.name ?? form.name(of: part))"])
    location.rows = fused?.rows
    if let experts = configuration.block.experts, part.isExperts {
      let shape = weight.shape(in: configuration)
      location.shape = [experts.count, shape[0] / experts.count, shape[1]]
    }
    if part.isRotated { location.rowOrder = rowOrder }
    return location
  }

  /// Whole rows are moved, so that quantized blocks keep their bits.
  private var rowOrder: (@Sendable (Int) -> Int)? {
    let head = configuration.headDimension
    if form.interleavesRows { return HeadRows.interleaved(head) }
    return configuration.rope.rotatedPairs.map { HeadRows.partial(head, rotated: $0) }
  }
}

extension WeightName {
  /// Of weights outside the blocks.
  var ggufName: String {
    switch self {
    case .tokenEmbedding: "token_embd.weight"
    case .finalNorm: "output_norm.weight"
    case .head: "output.weight"
    case .block(let index, let part): "blk.\(index).\(part.ggufName)"
    }
  }
}

extension BlockWeight {
  /// The experts' matrices, one tensor in three dimensions.
  var isExperts: Bool { [.expertGate, .expertUp, .expertDown].contains(self) }

  /// As llama.cpp's converter names them in nearly every architecture.
  var ggufName: String {
    switch self {
    case .attentionNorm: "attn_norm.weight"
    case .query: "attn_q.weight"
    case .key: "attn_k.weight"
    case .value: "attn_v.weight"
    case .queryBias: "attn_q.bias"
    case .keyBias: "attn_k.bias"
    case .valueBias: "attn_v.bias"
    case .queryNorm: "attn_q_norm.weight"
    case .keyNorm: "attn_k_norm.weight"
    case .output: "attn_output.weight"
    case .outputBias: "attn_output.bias"
    case .postAttentionNorm: "post_attention_norm.weight"
    case .feedForwardNorm: "ffn_norm.weight"
    case .gate: "ffn_gate.weight"
    case .up: "ffn_up.weight"
    case .down: "ffn_down.weight"
    case .router: "ffn_gate_inp.weight"
    case .expertGate: "ffn_gate_exps.weight"
    case .expertUp: "ffn_up_exps.weight"
    case .expertDown: "ffn_down_exps.weight"
    case .postFeedForwardNorm: "post_ffw_norm.weight"
    }
  }
}
