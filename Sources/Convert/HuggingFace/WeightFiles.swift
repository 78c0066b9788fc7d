import CleaveStorage

/// The weight files of other formats in a directory that lacks what is imported, for the error.
struct WeightFiles {
  private let directory: String
  private let names: [String]

  init(in directory: String) {
    self.directory = directory
    names = ((try? FileSystem.entries(of: directory)) ?? []).sorted().filter {
      $0 != SafetensorsSet.single
    }
  }

  /// What to do about the files that are there instead; nil if none is known.
  var advice: String? {
    Self.known.first { known in names.contains { known.matches($0) } }.map(\.advice)
  }

  /// The error for a directory without a file that is needed.
  ///
  /// - Parameter found: what is missing, in words; `config.json` for that file.
  func missing(_ missing: String) -> InputError {
    let isConfiguration = missing == "config.json"
    let found = isConfiguration ? "no config.json" : missing
    let there = names.filter { name in Self.known.contains { $0.matches(name) } }
    let expected =
      isConfiguration
      ? "a Hugging Face model directory or a GGUF file" : "the weights as safetensors"
    return InputError(
      file: directory,
      found: there.isEmpty ? found : "\(found), but \(NameList.short(there, limit: 4))",
      expected: expected, advice: advice ?? (isConfiguration ? nil : Self.pickle))
  }

  private struct Known {
    let prefix: String
    let suffix: String
    let advice: String

    func matches(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }
  }

  private static let pickle =
    "Weights in .bin or .pth files: load them with transformers and save them with save_pretrained, "
    + "which writes safetensors."
  private static let other = "Give the safetensors of the same model, or a GGUF file."

  private static let known = [
    Known(
      prefix: "", suffix: ".incomplete", advice: "The download was interrupted. Finish it first."),
    Known(
      prefix: "adapter_config", suffix: ".json",
      advice: "This is an adapter (LoRA). Merge it into its model with PEFT's merge_and_unload()."),
    Known(
      prefix: "adapter_model", suffix: ".safetensors",
      advice: "This is an adapter (LoRA). Merge it into its model with PEFT's merge_and_unload()."),
    Known(prefix: "pytorch_model", suffix: ".bin", advice: pickle),
    Known(prefix: "pytorch_model", suffix: ".index.json", advice: pickle),
    Known(prefix: "consolidated", suffix: ".pth", advice: pickle),
    Known(prefix: "", suffix: ".pt", advice: pickle),
    Known(prefix: "", suffix: ".gguf", advice: "Give the path of the GGUF file itself."),
    Known(
      prefix: "consolidated", suffix: ".safetensors",
      advice: "Weights in Mistral's own format: take the model.safetensors beside them."),
    Known(prefix: "tf_model", suffix: ".h5", advice: other),
    Known(prefix: "flax_model", suffix: ".msgpack", advice: other),
    Known(prefix: "", suffix: ".onnx", advice: other),
    Known(prefix: "", suffix: ".safetensors", advice: "Name the file model.safetensors."),
  ]
}
