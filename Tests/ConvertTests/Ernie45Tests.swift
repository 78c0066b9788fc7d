import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// What settings of ERNIE 4.5 mean where they are absent or null, and what GGUF cannot say of it.
@Suite struct Ernie45Tests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func source(_ family: String, _ edits: [(from: String, to: String)]) throws -> String {
    let source = try scratch.copy(directory: Golden.path("families/\(family)"), to: "source")
    for (from, to) in edits { try scratch.edit("source/config.json", from, to) }
    return source
  }

  /// The tiny model has the base, the epsilon and the tied head of transformers' configuration class.
  @Test func absentSettingsAreThoseOfTheClass() throws {
    let absent = try source(
      "ernie4.5",
      [
        ("\"rms_norm_eps\"", "\"rms_norm_eps_\""), ("\"rope_parameters\"", "\"rope_parameters_\""),
        ("\"tie_word_embeddings\"", "\"tie_word_embeddings_\""),
        ("\"use_bias\"", "\"use_bias_\""),
        ("\"max_position_embeddings\"", "\"max_position_embeddings_\""),
      ])
    let found = try Importer(source: absent, target: scratch("absent")).run().configuration
    var stated = try Importer(
      source: Golden.path("families/ernie4.5"), target: scratch("stated")
    ).run().configuration
    #expect(stated.contextLength == 512 && found.contextLength == 131_072)
    stated.contextLength = found.contextLength
    #expect(found == stated)
  }

  /// The shapes that are asked of the tensors tell what was understood: 4 heads of 128, or of 48 / 4; 2 or 4 key heads.
  @Test(arguments: [
    ("\"head_dim\": 20,", "", "q_proj", [512, 48]),
    ("\"head_dim\": 20", "\"head_dim\": null", "q_proj", [48, 48]),
    ("\"num_key_value_heads\": 2", "\"num_key_value_heads\": null", "k_proj", [80, 48]),
  ])
  func nullIsNotAbsent(from: String, to: String, tensor: String, shape: [Int]) throws {
    let source = try source("ernie4.5", [(from, to)])
    let error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.location == "model.layers.0.self_attn.\(tensor).weight")
    #expect(error?.expected == "\(shape), by the configuration")
  }

  private static let factors = (1...10).map { "\($0)" }.joined(separator: ",")

  /// Models that llama.cpp would compute otherwise are not written.
  @Test(arguments: [
    (
      "ernie4.5", "\"rope_type\": \"default\"",
      "\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4, "
        + "\"original_max_position_embeddings\": 64", "rope.scaling.kind"
    ),
    (
      "ernie4.5", "\"rope_type\": \"default\"",
      "\"rope_type\": \"longrope\", \"original_max_position_embeddings\": 64, "
        + "\"short_factor\": [\(factors)], \"long_factor\": [\(factors)]", "rope.scaling.kind"
    ),
    (
      "llama-biases", "\"model_type\": \"llama\"", "\"model_type\": \"ernie4_5\"",
      "block.output_bias"
    ),
  ])
  func isNotWrittenAsGGUF(family: String, from: String, to: String, location: String) throws {
    _ = try Importer(source: source(family, [(from, to)]), target: scratch("model")).run()
    let error = #expect(throws: InputError.self) {
      try GGUFExport(source: scratch("model"), target: scratch("m.gguf")).run()
    }
    #expect(error?.location == "configuration.\(location)")
  }
}
