import CleaveConvert

extension FuzzTarget {
  /// A Hugging Face directory: configuration, tokenizer, template and the set of weights, up to where its
  /// tensors would be written as an artifact.
  static let checkpointDirectory = FuzzTarget("checkpoint-directory") { input in
    try FuzzFiles.withDirectory(FuzzParts.files(input, named: names)) { path in
      _ = try CheckpointSummary(path: path)
      _ = try Importer(source: path, target: "\(path)/none/out").outline()
    }
  }

  private static let names = [
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
    "tokenizer.model", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja",
    "chat_template.json", "model.safetensors", "model.safetensors.index.json",
    "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
  ]
}
