import CleaveModel
import CleaveStorage

/// A family of models: how its checkpoints say what a `ModelConfiguration` says. One file each beside
/// this one; specs/architectures.md tells how to add another. What a family computes is in the
/// configuration alone: nothing beyond this module knows a family.
struct Family: Sendable {
  /// As artifacts have it, and `model_type` in config.json.
  let name: String
  let huggingFace: HuggingFaceForm
  /// Nil where GGUF has no architecture for it.
  let gguf: GGUFForm?

  /// In the order in which they are listed to people.
  static let all: [Family] = [.llama, .mistral, .qwen2, .qwen3, .qwen3MoE, .gemma3, .phi3]

  static func named(_ name: String) -> Family? { all.first { $0.name == name } }

  /// The first that a GGUF architecture stands for.
  static func ofGGUF(_ architecture: String) -> Family? {
    all.first { $0.gguf?.architecture == architecture }
  }

  static var names: String { all.map(\.name).joined(separator: ", ") }

  static var architecturesOfGGUF: String {
    var names: [String] = []
    for name in all.compactMap(\.gguf?.architecture) where !names.contains(name) {
      names.append(name)
    }
    return names.joined(separator: ", ")
  }
}

package enum SupportedFamilies {
  /// The names of the families, for people.
  package static var text: String { Family.names }
}

/// Several weights in one tensor, their rows one after another.
struct FusedTensor: Sendable {
  let name: String
  let parts: [BlockWeight]
}

/// Hugging Face checkpoints of a family: names of tensors within a layer, and config.json.
struct HuggingFaceForm: Sendable {
  /// What config.json means where it says nothing, as the family's configuration class has it.
  struct Defaults: Sendable {
    var headDimension: Int?
    var kvHeadCount: Int?
    var context = 2048
    var epsilon = 1e-6
    var theta = 10_000.0
    var isTied = false
  }

  /// The class that `transformers` loads it with.
  var modelClass: String
  var defaults = Defaults()
  /// Where they differ from Llama's. `*` stands for the number of an expert.
  var names: [BlockWeight: String] = [:]
  var fused: [FusedTensor] = []
  /// Norms are stored less this.
  var normOffset: Float = 0
  /// The setting that names the activation.
  var activationKey = "hidden_act"
  /// Reads what is the family's own.
  var read: @Sendable (inout ModelConfiguration, HuggingFaceSettings) throws -> Void = { _, _ in }
  /// The family's own settings, for a config.json that is written.
  var write: @Sendable (ModelConfiguration) throws -> [JSONObject.Member] = { _ in [] }

  /// The name of a weight within its layer.
  func name(of weight: BlockWeight) -> String { names[weight] ?? weight.huggingFaceName }
}

/// GGUF files of a family: names of tensors within a block, and metadata.
struct GGUFForm: Sendable {
  /// `general.architecture`.
  var architecture: String
  /// The two halves that RoPE rotates stand row by row in turn, and not one after the other.
  var interleavesRows = false
  var fused: [FusedTensor] = []
  /// Whether llama.cpp computes windows of this architecture.
  var hasWindow = false
  /// Whether it knows no experts.
  var isDense = true
  /// Reads what is the family's own.
  var read: @Sendable (inout ModelConfiguration, GGUFSettings) throws -> Void = { _, _ in }
  /// The family's own metadata, without the architecture before the key.
  var write: @Sendable (ModelConfiguration) throws -> [(key: String, value: GGUFWriter.Value)] = {
    _ in []
  }
  var names: [BlockWeight: String] = [:]

  func name(of weight: BlockWeight) -> String { names[weight] ?? weight.ggufName }
}
