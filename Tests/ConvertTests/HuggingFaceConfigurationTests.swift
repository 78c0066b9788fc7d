import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Settings that the engine or the tokenizer does not support are refused by name, with the
/// supported values, before any tensor is read: in these directories the weights are garbage.
@Suite struct HuggingFaceConfigurationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let old: String
    let new: String
    let location: String
    let found: String
    let expected: String
    var testDescription: String { "\(location): \(found)" }

    init(
      _ file: String, _ old: String, _ new: String, location: String, found: String,
      expected: String
    ) {
      self.file = file
      self.old = old
      self.new = new
      self.location = location
      self.found = found
      self.expected = expected
    }

    init(_ old: String, _ new: String, location: String, found: String, expected: String) {
      self.init("config.json", old, new, location: location, found: found, expected: expected)
    }
  }

  @Test(arguments: configurations + tokenizers)
  func isRefusedBeforeTensors(hostile: Case) throws {
    let scratch = try Scratch()
    let source = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "source")
    try scratch.write("garbage, and not a header", to: "source/model.safetensors")
    let importer = Importer(source: source, target: scratch("out"))
    #expect(throws: InputError.self) { try importer.run() }
    try scratch.edit("source/\(hostile.file)", hostile.old, hostile.new)
    let error = #expect(throws: InputError.self) { try importer.run() }
    #expect(error?.file.hasPrefix(source) == true)
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
    #expect(Scratch.entries(scratch.path) == ["source"])
  }

  @Test(arguments: ["tiny-llama3-f32", "tiny-f16-linear"])
  func transformers4SaysTheSame(model: String) throws {
    let scratch = try Scratch()
    let source = try scratch.copy(directory: Golden.path(model), to: "source")
    let new = try Importer(source: source, target: scratch("new")).run()
    try scratch.write(
      try Golden.bytes("\(model)/config-v4.json"), to: "source/config.json")
    let old = try Importer(source: source, target: scratch("old")).run()
    #expect(old.configuration == new.configuration)
    #expect(old.modelID == new.modelID)
    #expect(old.configuration.rope.scaling != .none)
  }

  /// The token named in tokenizer_config.json, with which transformers' templates begin, takes
  /// precedence.
  @Test func theNameOfTheFirstTokenGoesBeforeItsId() throws {
    let scratch = try Scratch()
    _ = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "source")
    try scratch.edit("source/config.json", "\"bos_token_id\": 1", "\"bos_token_id\": 7")
    let manifest = try Importer(source: scratch("source"), target: scratch("out")).run()
    #expect(manifest.tokens.beginOfText == 1)
    #expect(manifest.tokens.endOfText == [0, 2])
    #expect(
      manifest.provenance[0].inputs.map(\.name) == [
        "config.json", "tokenizer.json", "generation_config.json", "tokenizer_config.json",
        "chat_template.jinja", "model.safetensors",
      ])
  }

  @Test(arguments: [
    ("config.json", "no config.json"),
    ("tokenizer.json", "no tokenizer.json and no tokenizer.model"),
    ("model.safetensors", "neither model.safetensors nor model.safetensors.index.json"),
  ])
  func missingFiles(file: String, found: String) throws {
    let scratch = try Scratch()
    let source = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "source")
    try scratch.remove("source/\(file)")
    try scratch.remove("source/tiny-llama3.f32.gguf")
    let error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.file == source && error?.found == found)
  }

  /// A named pipe in place of a file does not block the reader.
  @Test func namedPipes() throws {
    let scratch = try Scratch()
    let source = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "source")
    try scratch.makePipe("source/config.json")
    let error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.found == "not a file" && error?.expected == "a readable file")
  }
}

// MARK: - Cases

extension HuggingFaceConfigurationTests {
  private static let configurations: [Case] = [
    Case(
      "\"model_type\": \"llama\"", "\"model_type\": \"bloom\"", location: "model_type",
      found: "\"bloom\"", expected: "a supported family: llama, mistral, ministral3"),
    Case(
      "\"model_type\": \"llama\",", "", location: "", found: "no \"model_type\"",
      expected: "a member"),
    Case(
      "\"rope_type\": \"llama3\"", "\"rope_type\": \"axial\"",
      location: "rope_parameters.rope_type",
      found: "\"axial\"", expected: "default, linear, dynamic, llama3, yarn, longrope"),
    Case(
      "\"rope_type\": \"llama3\"", "\"rope_type\": \"yarn\"",
      location: "rope_parameters.high_freq_factor", found: "4.0",
      expected: "no such setting of yarn"),
    Case(
      "\"rope_type\": \"llama3\"", "\"beta\": 1", location: "rope_parameters",
      found: "settings of RoPE without one", expected: "a rope_type"),
    Case(
      "\"use_cache\": true", "\"rope_scaling\": {\"type\": \"yarn\"}", location: "rope_scaling",
      found: "others", expected: "the settings of rope_parameters"),
    Case(
      "tokenizer_config.json", "\"bos_token\": \"<|im_start|>\"", "\"bos_token\": \"<s>\"",
      location: "bos_token", found: "\"<s>\", whose id is 320", expected: "an id below 320"),
    Case(
      "\"low_freq_factor\": 1.0", "\"low_freq_factor\": 4.0",
      location: "rope_parameters.low_freq_factor", found: "4.0", expected: "less than"),
    Case(
      "\"factor\": 8.0", "\"factor\": 0", location: "rope_parameters.factor", found: "0",
      expected: "above 0"),
    Case(
      "\"rope_theta\": 500000.0", "\"rope_theta\": 1e-300", location: "rope_parameters.rope_theta",
      found: "1e-300", expected: "within float32"),
    Case(
      "\"hidden_act\": \"silu\"", "\"hidden_act\": \"gelu\"", location: "hidden_act",
      found: "\"gelu\"", expected: "\"silu\""),
    Case(
      "\"mlp_bias\": false", "\"mlp_bias\": true", location: "mlp_bias", found: "true",
      expected: "biases of feed-forward networks are not supported"),
    Case(
      "\"use_cache\": true", "\"quantization_config\": {\"quant_method\": \"hqq\"}",
      location: "quantization_config.quant_method", found: "\"hqq\"", expected: "fp8, fbgemm_fp8"),
    Case(
      "\"use_cache\": true", "\"partial_rotary_factor\": 0.5", location: "partial_rotary_factor",
      found: "0.5", expected: "RoPE on whole heads"),
    Case(
      "\"factor\": 8.0", "\"factor\": 8.0, \"partial_rotary_factor\": 0.25",
      location: "rope_parameters.partial_rotary_factor", found: "0.25",
      expected: "RoPE on whole heads"),
    Case(
      "\"num_attention_heads\": 4", "\"num_attention_heads\": 0", location: "num_attention_heads",
      found: "0", expected: "at least 1"),
    Case(
      "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", location: "kv_head_count",
      found: "3", expected: "a divisor of the 4"),
    Case(
      "\"hidden_size\": 48", "\"hidden_size\": 9223372036854775807", location: "hidden_size",
      found: "9223372036854775807", expected: "from 1 to 16777216"),
    Case(
      "\"head_dim\": 12", "\"head_dim\": 13", location: "head_dimension", found: "13",
      expected: "an even number"),
    Case(
      "\"num_hidden_layers\": 6", "\"num_hidden_layers\": -6", location: "num_hidden_layers",
      found: "-6", expected: "at least 0"),
    Case(
      "\"num_hidden_layers\": 6", "\"num_hidden_layers\": 5000", location: "block_count",
      found: "5000", expected: "from 1 to 4096"),
    Case(
      "\"hidden_size\": 48", "\"hidden_size\": 48, \"hidden_size\": 96", location: "",
      found: "\"hidden_size\" twice", expected: "every name once"),
  ]

  private static let tokenizers: [Case] = [
    Case(
      "tokenizer.json", "\"type\": \"BPE\"", "\"type\": \"WordPiece\"", location: "model.type",
      found: "\"WordPiece\"", expected: "BPE"),
    Case(
      "tokenizer.json", "\"normalizer\": null", "\"normalizer\": {\"type\": \"Casefold\"}",
      location: "normalizer.type", found: "\"Casefold\"", expected: "NFC, NFD"),
    Case(
      "tokenizer.json", "\"pre_tokenizer\": {\n    \"type\": \"ByteLevel\"",
      "\"pre_tokenizer\": {\n    \"type\": \"UnicodeScripts\"", location: "pre_tokenizer.type",
      found: "\"UnicodeScripts\"", expected: "ByteLevel, Digits, Split"),
    Case("tokenizer.json", "{", "[", location: "", found: "at byte", expected: "JSON"),
    Case(
      "\"vocab_size\": 320", "\"vocab_size\": 319", location: "tokenizer", found: "320 tokens",
      expected: "at most the model's vocabulary of 319"),
    Case(
      "\"bos_token_id\": 1", "\"bos_token_id\": 999", location: "special token ids", found: "999",
      expected: "less than the vocabulary of 320"),
  ]
}
