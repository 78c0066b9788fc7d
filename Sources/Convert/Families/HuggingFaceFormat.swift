import CleaveModel
import CleaveStorage

/// The Hugging Face checkpoints of a family: tensor names within a layer and settings in
/// config.json.
struct HuggingFaceFormat: Sendable {
  /// The values of settings absent from config.json, from the family's configuration class in
  /// transformers.
  struct Defaults: Sendable {
    var headDimension: Int?
    var headCount: Int?
    var vocabularySize: Int?
    var kvHeadCount: Int?
    /// Nil where config.json must say it.
    var intermediateSize: Int?
    /// The width of the feed-forward network by the hidden size, where `intermediateSize` is nil; nil for none.
    var intermediateFactor: Int?
    var context = 2048
    var epsilon = 1e-6
    var theta = 10_000.0
    var isTied = false
    /// The share of each head that RoPE rotates; nil where the family has no setting for it.
    var rotatedShare: Double?
    var hasAttentionBias = false

    /// The width of the feed-forward network where config.json does not say it; nil where it must.
    func intermediateSize(hidden: Int) -> Int? {
      // A hidden size with which this overflows is refused as such.
      intermediateSize
        ?? intermediateFactor.map { hidden.multipliedReportingOverflow(by: $0).partialValue }
    }
  }

  /// The class in transformers that loads the model.
  var modelClass: String
  var defaults = Defaults()
  /// Tensor names that differ from Llama's. `*` stands for the index of an expert.
  var names: [BlockWeight: String] = [:]
  var fused: [FusedTensor] = []
  /// The names of tensors outside the layers.
  var outside = HuggingFaceModelNames()
  /// Names of settings in config.json that are not Llama's, by Llama's.
  var settingNames: [String: String] = [:]
  /// Whether the matrices of the blocks are stored transposed, as in `Conv1D` of transformers.
  var transposesMatrices = false
  /// Whether gate and up of the experts are one tensor (`JoinedExperts`).
  var joinsExperts = false
  /// Whether the two rows that RoPE rotates together are neighbours.
  var interleavesRows = false
  /// Whether `attention_bias` is about the output of attention too.
  var hasOutputBias = true
  /// The offset by which stored norm weights are less than the weights applied.
  var normOffset: Float = 0
  /// The setting that scales logits; nil for none.
  var logits: LogitScale?
  /// Whether the family caps attention scores and logits.
  var hasCaps = false
  /// Whether config.json on export has the RoPE settings of both kinds of blocks in `rope_parameters`.
  var nestsRoPE = false
  /// The setting in config.json that names the activation.
  var activationKey = "hidden_act"
  /// The activation where config.json does not say, in a family that leaves the choice; nil in one that has its own.
  var usualActivation: BlockForm.Activation?
  /// The setting in config.json of the norms' epsilon.
  var epsilonKey = "rms_norm_eps"
  /// Settings in config.json of RoPE's base and of the share of each head that it rotates, by older names.
  var oldRoPEKeys: (theta: String, share: String)?
  /// Reads the family's own settings.
  var read: @Sendable (inout ModelConfiguration, HuggingFaceSettings) throws -> Void = { _, _ in }
  /// The family's own settings for config.json on export.
  var write: @Sendable (ModelConfiguration) throws -> [JSONObject.Member] = { _ in [] }

  /// The name of a setting in config.json, given Llama's.
  func setting(_ name: String) -> String { settingNames[name] ?? name }

  /// The name of a weight within its layer.
  func name(of weight: BlockWeight) -> String { names[weight] ?? weight.huggingFaceName }

  /// The shape of a weight in the files where it is not the artifact's: the kernel of a convolution of each channel, as
  /// PyTorch has it.
  func storedShape(of weight: BlockWeight, in configuration: ModelConfiguration) -> [Int]? {
    switch weight {
    case .convolutionKernel:
      configuration.convolution.map { [configuration.hiddenSize, 1, $0.kernel] }
    case .deltaKernel: configuration.deltaNet.map { [$0.mixedSize, 1, $0.kernel] }
    default: nil
    }
  }

  /// The tensor names within a layer that hold a weight: one, or one per expert.
  func tensors(of weight: BlockWeight, experts: Int) -> [String] {
    let name = name(of: weight)
    guard let star = name.firstIndex(of: "*") else { return [name] }
    let (before, after) = (name[..<star], name[name.index(after: star)...])
    return (0..<experts).map { "\(before)\($0)\(after)" }
  }
}
