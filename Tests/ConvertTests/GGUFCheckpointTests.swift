import CleaveConvert
import CleaveModel
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Unsupported models are refused by the name of the unsupported setting before the tensor list is
/// read: in these files it is garbage.
@Suite struct GGUFCheckpointTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let key: String
    let value: GGUFBuilder.Value?
    let location: String
    let found: String
    let expected: String

    init(
      _ key: String, _ value: GGUFBuilder.Value?, location: String? = nil, found: String,
      expected: String
    ) {
      testDescription = "\(key): \(found)"
      self.key = key
      self.value = value
      self.location = location ?? (value == nil ? "metadata" : key)
      self.found = found
      self.expected = expected
    }
  }

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func refusal(_ builder: GGUFBuilder) throws -> InputError? {
    let path = try scratch.write(builder.bytes, to: "t.gguf")
    let error = #expect(throws: InputError.self) {
      try Importer(source: path, target: scratch("out")).run()
    }
    #expect(error?.file == path)
    #expect(Scratch.entries(scratch.path) == ["t.gguf"])
    return error
  }

  @Test(arguments: models + tokenizers)
  func isRefusedBeforeTensors(hostile: Case) throws {
    var builder = GGUFBuilder.tinyModel
    builder.tensors[0].type = 99
    #expect(try refusal(builder)?.found == "tensor type 99, which GGML has no name for")
    builder.set(hostile.key, hostile.value)
    let error = try refusal(builder)
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  /// A scaling factor counts with or without a type, under its present key and under that of old
  /// files.
  @Test(arguments: ["llama.rope.scaling.factor", "llama.rope.scale_linear"])
  func aFactorScalesLinearly(_ key: String) throws {
    var builder = GGUFBuilder.tinyModel
    builder.set(key, .float32(4))
    let path = try scratch.write(builder.bytes, to: "t.gguf")
    let manifest = try Importer(source: path, target: scratch("out")).run()
    #expect(manifest.configuration.rope.scaling == .linear(factor: 4))
    builder.set("llama.rope.scaling.type", .string("none"))
    try scratch.write(builder.bytes, to: "t.gguf")
    let error = #expect(throws: InputError.self) {
      try Importer(source: path, target: scratch("other")).run()
    }
    #expect(error?.found == "\"none\" beside a factor of 4.0")
  }

  /// Tokens with the name of an end of turn end a chat, whatever id the file states.
  @Test func tokensThatEndATurnByNameEndIt() throws {
    let golden = Golden.path("tiny-tied-bf16-sharded/tiny-tied.q8_0.gguf")
    let manifest = try Importer(source: golden, target: scratch("out")).run()
    let tokenizer = try Tokenizer(
      try Artifact(opening: scratch("out")).tokenizerJSON())
    let names = ["<|endoftext|>", "<|im_end|>"]
    #expect(manifest.tokens.endOfText == names.compactMap(tokenizer.id(of:)).sorted())
    #expect(manifest.tokens.endOfText.count == 2)
  }

  @Test func missingAndUnexpectedTensors() throws {
    var builder = GGUFBuilder.tinyModel
    builder.tensors.removeAll { $0.name == "blk.0.attn_k.weight" }
    #expect(try refusal(builder)?.found == "1 missing: blk.0.attn_k.weight")
    builder = .tinyModel
    builder.tensors.append(GGUFBuilder.zeros("blk.0.attn_q.scale", [32]))
    #expect(try refusal(builder)?.found == "1 unexpected: blk.0.attn_q.scale")
  }

  @Test func wrongShapeAndQuantizedNorm() throws {
    var builder = GGUFBuilder.tinyModel
    builder.tensors[1] = GGUFBuilder.zeros("blk.0.attn_q.weight", [32, 16])
    var error = try refusal(builder)
    #expect(error?.location == "blk.0.attn_q.weight" && error?.found == "shape [16, 32]")
    #expect(error?.expected == "[32, 32], by the configuration")
    builder = .tinyModel
    builder.tensors.removeLast()
    builder.tensors.append(
      .init("output_norm.weight", [32], type: 8, [UInt8](repeating: 0, count: 34)))
    error = try refusal(builder)
    #expect(error?.location == "output_norm.weight" && error?.found == "type Q8_0")
    #expect(error?.expected == "a float type for a vector")
  }

  @Test func ropeDivisors() throws {
    func divisors(_ values: [Float]) -> GGUFBuilder.Tensor {
      .init(
        "rope_freqs.weight", [UInt64(values.count)], values.flatMap { littleEndian($0.bitPattern) })
    }
    let ones = [Float](repeating: 1, count: 8)
    for (values, found) in [
      (ones.dropLast() + [0], "other values"), (ones.dropLast() + [.nan], "other values"),
      (ones + [1], "9 numbers"), ([], "0 numbers"),
    ] as [([Float], String)] {
      var builder = GGUFBuilder.tinyModel
      builder.tensors.append(divisors(values))
      #expect(try refusal(builder)?.found == found)
    }
    var builder = GGUFBuilder.tinyModel
    builder.tensors.append(divisors(ones))
    builder.set("llama.rope.scaling.type", .string("linear"))
    builder.set("llama.rope.scaling.factor", .float32(2))
    #expect(try refusal(builder)?.found == "RoPE divisors beside another RoPE scaling")
  }
}

// MARK: - Cases

extension GGUFCheckpointTests {
  private static let models: [Case] = [
    Case("general.architecture", .string("mamba"), found: "\"mamba\"", expected: "llama, mistral3"),
    Case("general.architecture", .uint32(1), found: "an integer", expected: "a string"),
    Case("general.architecture", nil, found: "no general.architecture", expected: "that key"),
    Case("llama.block_count", nil, found: "no llama.block_count", expected: "that key"),
    Case(
      "llama.block_count", .uint32(0), location: "block_count", found: "0",
      expected: "from 1 to 4096"
    ),
    Case(
      "llama.block_count", .int32(-1), found: "an integer", expected: "a whole number of at least 0"
    ),
    Case(
      "llama.block_count", .uint64(.max), found: "an integer", expected: "a whole number"),
    Case("llama.attention.head_count", .uint32(0), found: "0", expected: "at least 1"),
    Case(
      "llama.attention.head_count", .array(type: 4, [.uint32(2)]), found: "an array",
      expected: "a whole number"),
    Case(
      "llama.attention.head_count_kv", .uint32(3), location: "kv_head_count", found: "3",
      expected: "a divisor of the 2"),
    Case(
      "llama.attention.head_count_kv", .uint32(0), location: "kv_head_count", found: "0",
      expected: "from 1"),
    Case(
      "llama.embedding_length", .uint64(1 << 62), location: "hidden_size",
      found: "4611686018427387904", expected: "from 1 to 16777216"),
    Case("llama.attention.value_length", .uint32(8), found: "8", expected: "16, the key length"),
    Case("llama.rope.dimension_count", .uint32(8), found: "8", expected: "16, the head dimension"),
    // A llama with experts is a mixtral, which says more of them.
    Case(
      "llama.expert_count", .uint32(8), location: "metadata",
      found: "no llama.expert_used_count", expected: "that key"),
    Case(
      "llama.rope.scaling.type", .string("longrope"), found: "\"longrope\"",
      expected: "none, linear, yarn"),
    Case("llama.rope.freq_base", .float32(0), found: "0.0", expected: "a number above 0"),
    Case(
      "llama.rope.freq_base", .float64(1e-300), found: "1e-300", expected: "within float32"),
    Case("llama.rope.freq_base", .float32(.nan), found: "a number", expected: "a finite number"),
    Case(
      "llama.attention.layer_norm_rms_epsilon", nil, found: "no llama.attention.layer",
      expected: "that key"),
    Case(
      "llama.attention.layer_norm_rms_epsilon", .float64(1e300), location: "norm_epsilon",
      found: "inf", expected: "between 0 and 1"),
  ]

  private static let tokenizers: [Case] = [
    Case("tokenizer.ggml.model", .string("bert"), found: "\"bert\"", expected: "\"gpt2\""),
    Case(
      "tokenizer.ggml.model", nil, found: "no tokenizer.ggml.model", expected: "that key"),
    Case(
      "tokenizer.ggml.pre", .string("falcon9"), found: "\"falcon9\"",
      expected: "\"gpt-2\", \"smollm\""),
    Case(
      "tokenizer.ggml.pre", nil, location: "tokenizer.ggml.pre", found: "nothing",
      expected: "\"smollm\""),
    Case(
      "tokenizer.ggml.tokens", .strings(["a", "a"]), location: "tokenizer.ggml.tokens[1]",
      found: "\"a\" again", expected: "every token once"),
    Case(
      "tokenizer.ggml.tokens", .array(type: 4, [.uint32(1)]), found: "an integer",
      expected: "strings only"),
    Case("tokenizer.ggml.tokens", .uint8(1), found: "an integer", expected: "an array of strings"),
    Case(
      "tokenizer.ggml.merges", .strings(["a b c"]), location: "tokenizer.ggml.merges[0]",
      found: "\"a b c\"", expected: "one space"),
    Case(
      "tokenizer.ggml.merges", .strings(["b a"]), location: "tokenizer.model.merges[0]",
      found: "the token \"ba\"", expected: "tokens of the model's vocabulary"),
    Case(
      "tokenizer.ggml.token_type", .array(type: 5, [.int32(1)]), found: "1 types",
      expected: "257, one a token"),
    Case(
      "tokenizer.ggml.eos_token_id", .uint32(257), location: "special token ids", found: "257",
      expected: "less than the vocabulary of 257"),
    Case(
      "llama.vocab_size", .uint32(256), location: "tokenizer", found: "257 tokens",
      expected: "at most the model's vocabulary of 256"),
  ]
}
