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
    if names.contains(where: Self.isShard) {
      return "These are parts of a model: download all of them, and model.safetensors.index.json."
    }
    return Self.known.first { known in names.contains { known.matches($0) } }.map(\.advice)
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
    if isConfiguration, let inner = directoryInside {
      return InputError(
        file: directory, found: found, expected: expected,
        advice: "There is one in \(inner): give that directory.")
    }
    return InputError(
      file: directory,
      found: there.isEmpty ? found : "\(found), but \(NameList.short(there, limit: 4))",
      expected: expected, advice: advice ?? (isConfiguration ? nil : Self.pickle))
  }

  /// A directory up to three levels inside that has a config.json, as the cache of huggingface_hub has
  /// (`models--OWNER--NAME/snapshots/COMMIT`); nil if there is none.
  private var directoryInside: String? {
    var level = [directory]
    for _ in 0..<3 {
      level = level.flatMap { path in
        ((try? FileSystem.entries(of: path)) ?? []).sorted().prefix(64).map { "\(path)/\($0)" }
      }.filter(FileSystem.isDirectory)
      if let found = level.first(where: { FileSystem.exists("\($0)/config.json") }) { return found }
    }
    return nil
  }

  /// Whether a name is that of a part, as `model-00001-of-00002.safetensors`.
  private static func isShard(_ name: String) -> Bool {
    let ending = ".safetensors"
    guard name.hasSuffix(ending) else { return false }
    let words = name.dropLast(ending.count).split(separator: "-").suffix(3)
    return words.count == 3 && words.dropFirst().first == "of"
      && [words.first, words.last].allSatisfy { $0?.allSatisfy(\.isNumber) == true }
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
      prefix: "", suffix: ".crdownload", advice: "The download was interrupted. Finish it first."),
    Known(prefix: "", suffix: ".part", advice: "The download was interrupted. Finish it first."),
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
