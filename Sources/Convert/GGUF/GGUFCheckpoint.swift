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
    var configuration = try GGUFConfiguration(gguf).read()
    try configuration.validate(file: path, place: "")
    tokenizer = try GGUFTokenizer.read(gguf, vocabularySize: configuration.vocabularySize)
    tensors = Dictionary(uniqueKeysWithValues: try gguf.tensors().map { ($0.name, $0) })
    configuration.tiedEmbeddings = tensors["output.weight"] == nil
    if let divisors = try GGUFConfiguration.ropeDivisors(tensors["rope_freqs.weight"]) {
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

  func checkpointName(of weight: WeightName) -> String { weight.ggufName }

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

extension WeightName {
  var ggufName: String {
    switch self {
    case .tokenEmbedding: "token_embd.weight"
    case .finalNorm: "output_norm.weight"
    case .head: "output.weight"
    case .block(let index, let part): "blk.\(index).\(part.ggufName).weight"
    }
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
