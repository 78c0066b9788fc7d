import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// What settings of Phi mean where they are absent, and what stands beside its head.
@Suite struct PhiTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func imported(_ source: String, _ name: String) throws -> Manifest {
    try Importer(source: source, target: scratch(name)).run()
  }

  private var golden: String { Golden.path("families/phi") }

  /// The tiny model has the activation, the epsilon, the key heads, the base and the share of a head that RoPE rotates
  /// of transformers' configuration class.
  @Test func absentSettingsAreThoseOfTheClass() throws {
    let source = try scratch.copy(directory: golden, to: "source")
    for name in [
      "hidden_act", "layer_norm_eps", "num_key_value_heads", "rope_parameters",
      "tie_word_embeddings", "qk_layernorm",
    ] {
      try scratch.edit("source/config.json", "\"\(name)\"", "\"\(name)_\"")
    }
    #expect(try imported(source, "absent").modelID == imported(golden, "stated").modelID)
  }

  /// Without what stands before its names the head's bias keeps its own; without the bias it is another model.
  @Test func theBiasStandsBesideTheHead() throws {
    let source = try scratch.copy(directory: golden, to: "source")
    let file = try SafetensorsFile(path: "\(source)/model.safetensors")
    let tensors = file.entries.map { entry in
      SafetensorsBuilder.Tensor(
        entry.name.hasPrefix("model.")
          ? String(entry.name.dropFirst("model.".count)) : entry.name,
        entry.dtype.rawValue, entry.shape, file.file.withBytes(entry.range) { Array($0) })
    }
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/model.safetensors")
    #expect(try imported(source, "short").modelID == imported(golden, "whole").modelID)
    try scratch.write(
      SafetensorsBuilder(tensors.filter { $0.name != "lm_head.bias" }).bytes,
      to: "source/model.safetensors")
    let error = #expect(throws: InputError.self) { try imported(source, "out") }
    #expect(error?.found == "1 missing: lm_head.bias")
  }
}
