import CleaveConvert
import CleaveModel
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// What a directory has that transformers loads and the artifact does without: it is imported, and said.
@Suite struct ImportRemarkTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func imported(
    _ directory: TinyDirectory = TinyDirectory(), tensors: [String] = [],
    _ files: (name: String, text: String)...
  ) throws -> Manifest {
    try directory.write(to: scratch)
    let more = tensors.map { SafetensorsBuilder.Tensor($0, "F32", [1], [0, 0, 0, 0]) }
    try scratch.write(
      SafetensorsBuilder(directory.tensors + more).bytes, to: "source/model.safetensors")
    for (name, text) in files { try scratch.write(text, to: "source/\(name)") }
    var importer = Importer(source: scratch("source"), target: scratch("out"))
    importer.force = true
    return try importer.run()
  }

  private func remark(_ name: String, _ manifest: Manifest) -> String? {
    manifest.provenance[0].settings.first { $0.name == name }?.value
  }

  // MARK: Tokens

  /// A fine-tuned model with a token for padding, whose embedding was not resized.
  @Test(arguments: [
    ("added_tokens.json", #"{"[PAD]": 320}"#),
    ("tokenizer_config.json", #"{"pad_token": "[PAD]"}"#),
    (
      "tokenizer_config.json",
      #"{"added_tokens_decoder": {"320": {"content": "[PAD]", "special": true}}}"#
    ),
  ])
  func tokensWithoutAnEmbedding(file: String, text: String) throws {
    let manifest = try imported(TinyDirectory(), tensors: [], (file, text))
    #expect(remark("tokens_without_embedding", manifest) == "[PAD]")
    let artifact = try Artifact(opening: scratch("out"))
    #expect(try artifact.tokenizer().encode("[PAD]", addSpecialTokens: false) == [320])
    let export = GGUFExport(source: scratch("out"), target: scratch("out.gguf"))
    let notes = try export.run().notes
    #expect(notes.contains { $0.hasPrefix("left out") && $0.hasSuffix("[PAD]") }, "\(notes)")
    let again = try Importer(source: scratch("out.gguf"), target: scratch("again")).run()
    #expect(again.configuration.vocabularySize == manifest.configuration.vocabularySize)
  }

  /// Other tokens beyond the vocabulary are those of another model.
  @Test func aTokenizerOfAnotherModel() throws {
    var directory = TinyDirectory()
    directory.vocabulary = 300
    let error = #expect(throws: InputError.self) { try imported(directory) }
    #expect(error?.found == "320 tokens")
    #expect(error?.expected == "at most the model's vocabulary of 300, and added tokens")
  }

  @Test func aBeginningWithoutAnEmbeddingIsRefused() throws {
    let error = #expect(throws: InputError.self) {
      try imported(
        TinyDirectory(), tensors: [], ("tokenizer_config.json", #"{"bos_token": "<b>"}"#))
    }
    #expect(error?.location == "bos_token" && error?.found == "\"<b>\", whose id is 320")
  }

  /// transformers takes a negative id for none; the model never says one beyond its vocabulary.
  @Test func endsThatTheModelNeverSays() throws {
    let manifest = try imported(
      TinyDirectory(), tensors: [], ("generation_config.json", #"{"eos_token_id": [-1, 5, 999]}"#))
    #expect(manifest.tokens.endOfText == [0, 2, 5])
  }

  // MARK: Tensors

  @Test(arguments: [
    ("v_head.summary.weight", "1 tensors of v_head"), ("score.weight", "1 tensors of score"),
    ("model.layers.0.self_attn.k_scale", "1 tensors of layers"),
    ("model.layers.1.mlp.up_proj.weight", "1 tensors of layers"),
  ])
  func tensorsBesideTheModel(name: String, text: String) throws {
    #expect(try remark("left_out", imported(tensors: [name])) == text)
  }

  /// A bias or norm in a block that counts would change it.
  @Test(arguments: ["model.layers.0.self_attn.q_proj.bias", "model.layers.0.extra_norm.weight"])
  func tensorsOfTheBlocksAreRefused(name: String) throws {
    let error = #expect(throws: InputError.self) { try imported(tensors: [name]) }
    #expect(error?.found == "1 unexpected: \(name)")
  }

  // MARK: Settings

  @Test func whatGenerateWouldApply() throws {
    let manifest = try imported(
      TinyDirectory(), tensors: [],
      (
        "generation_config.json",
        #"{"repetition_penalty": 1.1, "suppress_tokens": [1, 2], "no_repeat_ngram_size": 0, "temperature": 2}"#
      ))
    #expect(
      remark("not_applied", manifest) == "repetition_penalty 1.1, suppress_tokens (a list of 2)")
    let plain = try imported(
      TinyDirectory(), tensors: [],
      ("generation_config.json", #"{"repetition_penalty": 1.0, "suppress_tokens": []}"#))
    #expect(remark("not_applied", plain) == nil)
  }

  /// LongRoPE's factors are chosen by an artifact's context, in transformers by a text's length.
  @Test func longRoPESaysWhichFactorsItTakes() throws {
    var importer = Importer(source: Golden.path("families/phi3-long"), target: scratch("long"))
    #expect(remark("long_rope", try importer.run()) == "64")
    importer = Importer(source: Golden.path("families/phi3-long"), target: scratch("short"))
    importer.contextLength = 64
    #expect(remark("long_rope", try importer.run()) == nil)
  }

  /// A config.json that versions 4 and 5 of transformers read alike.
  @Test func bothSpellingsOfRoPE() throws {
    var directory = TinyDirectory()
    directory.settings = [
      #""rope_scaling": {"type": "linear", "factor": 2}"#,
      #""rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000}"#,
    ]
    #expect(try imported(directory).configuration.rope.scaling == .linear(factor: 2))
    directory.settings[0] = #""rope_scaling": {"type": "linear", "factor": 3}"#
    let error = #expect(throws: InputError.self) { try imported(directory) }
    #expect(error?.location == "rope_scaling")
  }
}
