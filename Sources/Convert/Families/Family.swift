import CleaveModel
import CleaveStorage

/// A family of models: how its checkpoints express a `ModelConfiguration`.
///
/// Each family has a file of its own beside this one; specs/architectures.md says how to add
/// another. What a family computes is in the configuration alone: no other module knows families.
struct Family: Sendable {
  /// The family's name in artifacts, and its `model_type` in config.json.
  let name: String
  var huggingFace: HuggingFaceFormat
  /// The GGUF format of the family; nil if GGUF has no architecture for it.
  let gguf: GGUFFormat?

  /// All supported families in the order of lists shown to users.
  static let all: [Family] = [
    .llama, .mistral, .ministral3, .mixtral, .smolLM3, .granite, .olmo2, .olmo3, .qwen2, .qwen3,
    .qwen2MoE, .qwen3MoE, .qwen35, .olmoE, .gemma2, .gemma3, .phi3, .glm, .glm4, .ernie45, .lfm2,
    .stableLM, .gptNeoX, .cohere, .cohere2, .starCoder2,
    .gptOSS, .gpt2, .phi,
  ]

  static func named(_ name: String) -> Family? { all.first { $0.name == name } }

  static var names: String { all.map(\.name).joined(separator: ", ") }

  static var architecturesOfGGUF: String {
    var names: [String] = []
    for name in all.compactMap(\.gguf?.architecture) where !names.contains(name) {
      names.append(name)
    }
    return names.joined(separator: ", ")
  }
}

/// The supported families, for messages of other modules.
package enum SupportedFamilies {
  /// The names of the supported families, separated by commas.
  package static var text: String { Family.names }
}
