/// The tiny random checkpoints of tools/golden/families.py, one for each family and kind of attention.
extension TinyModel {
  private static func family(_ name: String, _ file: String? = nil) -> TinyModel {
    TinyModel(
      checkpoint: "families/\(name)" + (file.map { "/\($0)" } ?? ""),
      expectation: "families/\(name)/expected.json")
  }

  /// The models as Hugging Face directories.
  package static let families = [
    "llama-biases", "mistral", "mistral-window", "qwen2", "qwen2-window", "qwen3", "gemma3",
    "gemma3-scalar", "phi3-window", "phi3-long", "phi3-short", "phi3-partial", "qwen3-moe",
    "qwen3-moe-plain", "llama-yarn", "qwen3-yarn", "smollm3", "smollm3-window", "granite", "olmo2",
    "olmo3", "mixtral", "ministral3", "gemma2", "gemma2-plain", "glm", "glm4", "ernie4.5",
    "qwen2-moe",
    "qwen2-moe-window", "olmoe", "lfm2", "qwen3.5", "stablelm", "stablelm-parallel", "gpt-neox",
    "gpt-neox-serial", "cohere", "cohere2", "starcoder2", "gpt-oss", "gpt-oss-mxfp4",
    "gpt2", "gpt2-unscaled", "phi",
  ].map { family($0) }

  /// The models some of whose blocks have a state in place of keys and values.
  package static let stateful = ["lfm2", "qwen3.5"].map { family($0) }

  /// The models whose blocks can be trained.
  package static var trained: [TinyModel] {
    families.filter { model in !stateful.contains { $0.checkpoint == model.checkpoint } }
  }

  /// The models that llama.cpp's converter has made GGUF files of. Its StarCoder 2 is not among them: such a file says
  /// nothing of the window that the model has.
  package static let familyFiles = [
    "llama-biases", "mistral", "qwen2", "qwen3", "gemma3", "phi3-long", "phi3-short",
    "phi3-partial", "qwen3-moe", "ernie4.5", "stablelm", "stablelm-parallel", "gpt-neox", "cohere",
    "cohere2", "gpt-oss", "gpt2", "phi",
  ].map { family($0, "\($0).gguf") }
}
