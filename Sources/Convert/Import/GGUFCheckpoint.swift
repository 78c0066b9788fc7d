import CleaveModel
import CleaveStorage

/// A GGUF file, or its parts, seen as a checkpoint: its metadata as a configuration and a tokenizer, its tensors
/// under artifact names and in artifact row order.
struct GGUFCheckpoint: Checkpoint {
  let source: String
  private let model: GGUFSet
  private let format: GGUFFormat
  let configuration: ModelConfiguration
  let tokenizer: ImportedTokenizer
  private let tensors: [String: Tensor]
  /// The number that logits are divided by.
  private let logitDivisor: Float
  let license: SourceLicense?

  /// Tensors that hold settings instead of weights.
  private static let settings: Set = [
    "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight",
  ]

  init(path: String, keepsTemplate: Bool = true) throws {
    source = path
    model = try GGUFSet(path: path)
    let gguf = model.first
    let family = try GGUFConfiguration.family(gguf)
    // The metadata is read first without tensors, so that an unsupported model is refused by name
    // and not for a detail of its tensors.
    let metadata = GGUFConfiguration(gguf, family: family, tensors: [:])
    format = metadata.format
    let said = try metadata.read()
    try said.validate(file: path, location: "")
    tokenizer = try GGUFTokenizer.read(
      gguf, vocabularySize: said.vocabularySize, keepsTemplate: keepsTemplate)
    tensors = Dictionary(uniqueKeysWithValues: try model.tensors().map { ($0.name, $0) })
    let whole = GGUFConfiguration(gguf, family: family, tensors: tensors)
    var configuration = try whole.read()
    try whole.complete(&configuration)
    try configuration.validate(file: path, location: "")
    self.configuration = configuration
    logitDivisor = try whole.logitDivisor
    license = SourceLicense(gguf)
  }

  var files: [String] { model.paths }
  var tensorNames: Set<String> { Set(tensors.keys).subtracting(Self.settings) }

  func tensor(named name: String) throws -> Tensor? { tensors[name] }

  func location(of weight: WeightName) -> WeightLocation {
    let (name, rows) = format.tensor(of: weight, in: configuration)
    var location = WeightLocation([name])
    if weight == .finalNorm || weight == .finalNormBias { location.divisor = logitDivisor }
    guard case .block(_, let part) = weight else { return location }
    location.rows = rows
    if let experts = configuration.block.experts, part.isExperts {
      let shape = weight.shape(in: configuration)
      location.shape = [experts.count, shape[0] / experts.count, shape[1]]
    }
    if let experts = configuration.block.experts, part.isExpertBiases {
      let count = weight.shape(in: configuration)[0]
      location.shape = [experts.count, count / experts.count]
    }
    if part == .sharedRouter { location.shape = [configuration.hiddenSize] }
    if part.isRotated { location.rowOrder = rowOrder }
    return location
  }

  /// The row order of rotated weights in the file; nil if it is ours. Whole rows move, so quantized
  /// blocks keep their bits.
  private var rowOrder: (@Sendable (Int) -> Int)? {
    RotaryRowOrder.from(configuration, interleaved: format.interleavesRows)
  }
}
