import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// What settings and names of GPT-2 mean.
@Suite struct GPT2Tests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func source(_ edits: [(from: String, to: String)]) throws -> String {
    let source = try scratch.copy(directory: Golden.path("families/gpt2"), to: "source")
    for (from, to) in edits { try scratch.edit("source/config.json", from, to) }
    return source
  }

  private func imported(_ source: String, _ name: String) throws -> Manifest {
    try Importer(source: source, target: scratch(name)).run()
  }

  /// The tiny model has the width, the activation, the epsilon and the tied head of transformers' configuration class.
  @Test func absentSettingsAreThoseOfTheClass() throws {
    let absent = try source(
      [
        "n_inner", "activation_function", "layer_norm_epsilon", "tie_word_embeddings",
        "scale_attn_weights", "scale_attn_by_inverse_layer_idx", "add_cross_attention",
      ].map { ("\"\($0)\"", "\"\($0)_\"") })
    #expect(
      try imported(absent, "absent").modelID
        == imported(Golden.path("families/gpt2"), "stated").modelID)
  }

  /// The shapes that are asked of the tensors tell what was understood.
  @Test(arguments: [
    ("\"n_positions\": 512,", "", "model.wpe.weight", [1024, 48]),
    ("\"n_inner\": null", "\"n_inner\": 100", "model.h.0.mlp.c_fc.weight", [48, 100]),
    ("\"vocab_size\": 320", "\"vocab_size\": 321", "model.wte.weight", [321, 48]),
  ])
  func shapesFollowTheSettings(
    from: String, to: String, tensor: String, shape: [Int]
  ) throws {
    let error = #expect(throws: InputError.self) {
      try imported(source([(from, to)]), "out")
    }
    #expect(error?.location == tensor)
    #expect(error?.expected == "\(shape), by the configuration")
  }

  /// A model that was saved without its head has no `transformer.` before its names; old ones have masks.
  @Test func namesWithoutPrefix() throws {
    let directory = try source([])
    let file = try SafetensorsFile(path: "\(directory)/model.safetensors")
    var tensors = file.entries.map { entry in
      SafetensorsBuilder.Tensor(
        String(entry.name.dropFirst("transformer.".count)), entry.dtype.rawValue, entry.shape,
        file.file.withBytes(entry.range) { Array($0) })
    }
    tensors.append(.init("h.0.attn.bias", "U8", [1, 1, 2, 2], [1, 0, 1, 1]))
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/model.safetensors")
    #expect(
      try imported(directory, "short").modelID
        == imported(Golden.path("families/gpt2"), "whole").modelID)
  }

  /// A shorter context keeps the embeddings of all positions, and so does what is exported of it.
  @Test func aShorterContextKeepsThePositions() throws {
    var importer = Importer(source: Golden.path("families/gpt2"), target: scratch("model"))
    importer.contextLength = 64
    let configuration = try importer.run().configuration
    #expect(configuration.contextLength == 64 && configuration.learnedPositions == 512)
    _ = try GGUFExport(source: scratch("model"), target: scratch("m.gguf")).run()
    let again = try imported(scratch("m.gguf"), "again")
    #expect(again.configuration.contextLength == 512)
  }

  /// Scores that are not divided are another model than llama.cpp's.
  @Test func unscaledScoresAreNotWrittenAsGGUF() throws {
    _ = try imported(
      source([("\"scale_attn_weights\": true", "\"scale_attn_weights\": false")]), "model")
    let error = #expect(throws: InputError.self) {
      try GGUFExport(source: scratch("model"), target: scratch("m.gguf")).run()
    }
    #expect(error?.location == "configuration.attention_scale")
  }
}
