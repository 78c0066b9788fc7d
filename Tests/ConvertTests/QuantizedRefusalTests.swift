import CleaveConvert
import CleaveStorage
import TestSupport
import Testing

/// Damaged or unknown layouts are refused by name: which part, what was found, what was expected.
@Suite struct QuantizedRefusalTests {
  typealias Tensors = [SafetensorsBuilder.Tensor]

  /// A variant with one thing changed, and the error that it must give.
  struct Case: Sendable, CustomTestStringConvertible {
    let variant: String
    let location: String
    let found: String
    let expected: String
    let change: @Sendable (inout Tensors) -> Void
    var testDescription: String { "\(variant): \(found), \(expected)" }

    init(
      _ variant: String, _ location: String, found: String, expected: String,
      _ change: @escaping @Sendable (inout Tensors) -> Void
    ) {
      self.variant = variant
      self.location = location
      self.found = found
      self.expected = expected
      self.change = change
    }
  }

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func refusal(
    _ variant: String, as type: String? = "f32", config: JSON? = nil,
    _ change: (inout Tensors) -> Void = { _ in }
  ) throws -> InputError? {
    try QuantizedGolden(variant).write(to: "source", in: scratch, config: config, change)
    var importer = Importer(source: scratch("source"), target: scratch("out"))
    importer.quantizedType = type
    let error = #expect(throws: InputError.self) { try importer.run() }
    #expect(Scratch.entries(scratch.path) == ["source"])
    return error
  }

  @Test(arguments: floatParts + integerParts + packedParts + tableParts)
  func damagedParts(hostile: Case) throws {
    let error = try refusal(hostile.variant, hostile.change)
    #expect(error?.location.hasPrefix(hostile.location) == true, "\(error?.location ?? "")")
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  /// Changes one member of a golden's configuration.
  @Test(arguments: settings)
  func unknownSettings(hostile: Setting) throws {
    guard case .object(var config) = try QuantizedGolden(hostile.variant).config else { return }
    config[hostile.name] = hostile.value
    let error = try refusal(hostile.variant, config: .object(config))
    #expect(error?.file == scratch("source/config.json"))
    #expect(error?.location.contains(hostile.location) == true, "\(error?.location ?? "")")
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  /// A weight beyond float16 is not made infinite.
  @Test func weightsThatTheTypeCannotHold() throws {
    let error = try refusal("bnb-int8", as: "f16") {
      Self.edit(Self.query + ".SCB", &$0) {
        $0.bytes.replaceSubrange(0..<4, with: [0, 0, 0, 0x60])
      }
    }
    #expect(error?.location.hasPrefix(Self.query + ".weight, rows 0..<") == true)
    #expect(error?.expected == "weights that F16 can hold")
    #expect(error?.advice == "Give --as bf16 or f32.")
  }

  @Test func typesThatAreNotGiven() throws {
    try QuantizedGolden("fp8-blocks").write(to: "source", in: scratch)
    var importer = Importer(source: scratch("source"), target: scratch("out"))
    importer.quantizedType = "q4_K"
    var error = #expect(throws: SettingError.self) { try importer.run() }
    #expect(error?.expected == "one of q8_0, f16, bf16, f32")
    importer = Importer(source: Golden.path("tiny-llama3-f32"), target: scratch("out"))
    importer.quantizedType = "f16"
    error = #expect(throws: SettingError.self) { try importer.run() }
    #expect(error?.found == "a checkpoint whose weights keep their types")
  }

  /// The errors of rounding are in the artifact's provenance, by kind of weight.
  @Test func roundingIsSaid() throws {
    try QuantizedGolden("bnb-nf4").write(to: "source", in: scratch)
    var importer = Importer(source: scratch("source"), target: scratch("out"))
    importer.quantizedType = "q8_0"
    let settings = try importer.run().provenance[0].settings
    #expect(settings[0] == ("quantization", "bitsandbytes"))
    #expect(settings[1] == ("as", "Q8_0"))
    #expect(
      settings.dropFirst(2).map(\.name)
        == [
          "attention.key", "attention.output", "attention.query", "attention.value",
          "feed_forward.down", "feed_forward.gate", "feed_forward.up",
        ].map { "rounding.\($0).weight" })
    #expect(settings[2].value.hasPrefix("largest ") && settings[2].value.contains(", rms "))
  }

  /// modelopt says in a file of its own how it quantized, if config.json says nothing.
  @Test func settingsOfModelOpt() throws {
    let golden = try QuantizedGolden("modelopt-fp8")
    try golden.write(to: "source", in: scratch, config: .null)
    try scratch.write(
      #"{"quantization":{"quant_algo":"FP8","exclude_modules":["lm_head"]}}"#,
      to: "source/hf_quant_config.json")
    var importer = Importer(source: scratch("source"), target: scratch("out"))
    importer.quantizedType = "bf16"
    let step = try importer.run().provenance[0]
    #expect(step.settings[0] == ("quantization", "modelopt"))
    #expect(step.inputs.contains { $0.name == "hf_quant_config.json" })
  }

  /// AutoGPTQ wrote biases of zeros for modules without one.
  @Test func emptyBiases() throws {
    let bias = SafetensorsBuilder.Tensor(
      Self.query + ".bias", "F16", [64], [UInt8](repeating: 0, count: 128))
    try QuantizedGolden("gptq-4bit").write(to: "source", in: scratch) { $0.append(bias) }
    _ = try Importer(source: scratch("source"), target: scratch("out")).run()
    let error = try QuantizedRefusalTests().refusal("gptq-4bit", as: nil) {
      $0.append(bias)
      Self.edit(bias.name, &$0) { $0.bytes[5] = 1 }
    }
    #expect(error?.found == "1 unexpected: \(bias.name)")
  }
}

// MARK: - Cases

extension QuantizedRefusalTests {
  static let query = "model.layers.0.self_attn.q_proj"
  static let down = "model.layers.0.mlp.down_proj"

  static func edit(
    _ name: String, _ tensors: inout Tensors, _ change: (inout SafetensorsBuilder.Tensor) -> Void
  ) {
    for index in tensors.indices where tensors[index].name == name { change(&tensors[index]) }
  }

  /// Removes a part.
  private static func without(
    _ variant: String, _ suffix: String, found: String = "no tensor of this name",
    expected: String = "it beside the other parts"
  ) -> Case {
    let location = suffix == ".weight_scale_inv" ? query + ".weight" : query + suffix
    return Case(variant, location, found: found, expected: expected) { tensors in
      tensors.removeAll { $0.name.hasPrefix(query + suffix) }
    }
  }

  /// Gives a part another shape of as many elements.
  private static func reshaped(
    _ variant: String, _ suffix: String, _ shape: [Int], expected: String
  ) -> Case {
    Case(variant, query + suffix, found: "shape \(shape)", expected: expected) {
      edit(query + suffix, &$0) { $0.shape = shape }
    }
  }

  /// Overwrites a part's first bytes.
  private static func overwritten(
    _ variant: String, _ suffix: String, _ bytes: [UInt8], found: String, expected: String
  ) -> Case {
    Case(variant, query, found: found, expected: expected) {
      edit(query + suffix, &$0) { $0.bytes.replaceSubrange(0..<bytes.count, with: bytes) }
    }
  }

  private static func retyped(
    _ variant: String, _ suffix: String, _ dtype: String, expected: String
  ) -> Case {
    Case(variant, query + suffix, found: "dtype \(dtype)", expected: expected) {
      edit(query + suffix, &$0) { $0.dtype = dtype }
    }
  }

  private static let nan: [UInt8] = [0, 0, 0xC0, 0x7F]

  private static let floatParts = [
    without("fp8-blocks", ".weight_scale_inv", found: "no scale", expected: "weight_scale"),
    Case("fp8-blocks", query + ".weight", found: "two scales", expected: "one tensor") {
      $0.append(.init(query + ".weight_scale", "F32", [1], [0, 0, 0, 0]))
    },
    reshaped("fp8-blocks", ".weight_scale_inv", [1], expected: "[1, 1], for tiles of 128 x 128"),
    reshaped("fp8-rows-e5m2", ".weight_scale", [2, 32], expected: "a scale for each row"),
    retyped("fp8-blocks", ".weight_scale_inv", "I32", expected: "F32"),
    retyped("fp8-blocks", ".weight", "F8_E4M3FNUZ", expected: "F8_E4M3 or F8_E5M2"),
    overwritten("fp8-blocks", ".weight_scale_inv", nan, found: "nan", expected: "finite"),
    overwritten("fp8-blocks", ".weight", [0x7F], found: "nan", expected: "finite weights"),
    overwritten(
      "ct-nvfp4", ".weight_global_scale", [0, 0, 0, 0], found: "a scale of", expected: "finite"),
    without("ct-nvfp4", ".weight_global_scale"),
    without("modelopt-nvfp4", ".weight_scale_2"),
    reshaped("ct-mxfp4", ".weight_scale", [2, 64], expected: "[64, 2]"),
    Case("fp8-blocks", down + ".weight", found: "[160, 64]", expected: "[64, 160]") {
      edit(down + ".weight", &$0) { $0.shape = [160, 64] }
      edit(down + ".weight_scale_inv", &$0) { $0.shape = [2, 1] }
    },
  ]

  private static let integerParts = [
    without("gptq-4bit", ".qweight"), without("gptq-4bit", ".scales"),
    without("gptq-4bit", ".qzeros"), without("gptq-act-order", ".g_idx"),
    overwritten(
      "gptq-act-order", ".g_idx", [2, 0, 0, 0], found: "group 2", expected: "from 0 to 1"),
    overwritten(
      "gptq-act-order", ".g_idx", [255, 255, 255, 255], found: "group -1", expected: "from 0 to 1"),
    overwritten("gptq-4bit", ".scales", [0, 0x7C], found: "inf", expected: "finite"),
    reshaped("gptq-4bit", ".scales", [64, 2], expected: "[2, 64]"),
    reshaped("gptq-4bit", ".qzeros", [8, 2], expected: "[2, 8]"),
    reshaped("gptq-4bit", ".g_idx", [1, 64], expected: "[64]"),
    reshaped("gptq-4bit", ".qweight", [512], expected: "a matrix"),
    Case(
      "gptq-3bit", query + ".qweight", found: "64 rows of words", expected: "whole codes of 3 bits"
    ) {
      edit(query + ".qweight", &$0) { $0.shape = [64, 6] }
    },
    without("awq", ".qzeros"), reshaped("awq", ".scales", [64, 2], expected: "[2, 64]"),
    reshaped("awq", ".qzeros", [8, 2], expected: "[2, 8]"),
    without("ct-int8-asym", ".weight_zero_point"),
    retyped("ct-int8", ".weight_scale", "I16", expected: "F32 or F16 or BF16"),
  ]

  private static let packedParts = [
    without("ct-int4", ".weight_shape"), without("ct-int4", ".weight_packed"),
    without("ct-int4-asym", ".weight_zero_point"),
    overwritten("ct-int4", ".weight_shape", [63], found: "[63, 64]", expected: "4-bit codes"),
    Case("ct-int4", query + ".weight_shape", found: "[64, 72]", expected: "4-bit codes") {
      edit(query + ".weight_shape", &$0) { $0.bytes[8] = 72 }
    },
    reshaped("ct-int4", ".weight_scale", [2, 64], expected: "[64, 2]"),
    Case("ct-int4", query + ".weight_g_idx[0]", found: "group 9", expected: "from 0 to 1") {
      $0.append(
        .init(query + ".weight_g_idx", "I32", [64], [9] + [UInt8](repeating: 0, count: 255)))
    },
    without("mlx-4bit", ".biases"), without("mlx-4bit", ".scales"),
    reshaped("mlx-4bit", ".scales", [2, 64], expected: "[64, 2]"),
    retyped("mlx-4bit", ".weight", "I32", expected: "U32"),
    Case("mlx-4bit", query + ".scales", found: "[64, 2]", expected: "[128, 1]") {
      edit(query + ".weight", &$0) { $0.shape = [128, 4] }
    },
    Case(
      "mlx-4bit", query + ".weight", found: "rows of 1 words", expected: "whole groups of 32 codes"
    ) {
      edit(query + ".weight", &$0) { $0.shape = [512, 1] }
    },
  ]

  private static let state = ".weight.quant_state.bitsandbytes__nf4"

  private static let tableParts = [
    without("bnb-nf4", ".weight.absmax"), without("bnb-nf4", ".weight.nested_absmax"),
    without("bnb-nf4", ".weight.nested_quant_map"),
    without("bnb-nf4", ".weight.quant_state", found: "no such tensor", expected: "one tensor"),
    Case(
      "bnb-nf4", query + ".weight.quant_state", found: "bitsandbytes__fp4, ", expected: "one tensor"
    ) { tensors in
      guard let state = tensors.first(where: { $0.name == query + Self.state }) else { return }
      tensors.append(
        .init(
          query + ".weight.quant_state.bitsandbytes__fp4", state.dtype, state.shape, state.bytes))
    },
    overwritten(
      "bnb-nf4", ".weight.quant_map", nan, found: "nan", expected: "finite"),
    overwritten(
      "bnb-nf4", ".weight.quant_map", [0, 0, 0, 0], found: "other values", expected: "16 codes"),
    overwritten(
      "bnb-nf4", ".weight.quant_state.bitsandbytes__nf4", [0x5B], found: " ",
      expected: " "),
    reshaped("bnb-nf4-plain", ".weight.absmax", [8, 8], expected: "[64]"),
    Case("bnb-nf4", query + ".weight", found: "2047 bytes", expected: "half a byte") {
      edit(query + ".weight", &$0) {
        $0.shape = [2047, 1]
        $0.bytes.removeLast()
      }
    },
    overwritten("bnb-int8", ".SCB", nan, found: "nan", expected: "finite"),
    overwritten("bnb-int8", ".weight_format", [1], found: "another order", expected: "row by row"),
  ]
}

extension QuantizedRefusalTests {
  /// A member of quantization_config, and the error that its value must give.
  struct Setting: Sendable, CustomTestStringConvertible {
    let variant: String
    let name: String
    let value: JSON
    let location: String
    let found: String
    let expected: String
    var testDescription: String { "\(variant): \(name) \(value.text(pretty: false))" }

    init(
      _ variant: String, _ name: String, _ value: JSON, at location: String? = nil, found: String,
      expected: String
    ) {
      self.variant = variant
      self.name = name
      self.value = value
      self.location = location ?? name
      self.found = found
      self.expected = expected
    }
  }

  private static let settings = [
    Setting(
      "fp8-blocks", "quant_method", "hqq", found: "hqq", expected: "fp8, fbgemm_fp8, gptq, awq"),
    Setting(
      "fp8-blocks", "secret", 1, at: "quantization_config", found: "secret", expected: "only"),
    Setting("fp8-blocks", "weight_block_size", [128], found: "array", expected: "two sizes"),
    Setting("fp8-blocks", "weight_block_size", [0, 1], found: "0", expected: "from 1"),
    Setting("fp8-blocks", "fmt", "e3m4", found: "e3m4", expected: "e4m3"),
    Setting("gptq-4bit", "bits", 5, found: "5", expected: "2, 3, 4 or 8"),
    Setting("gptq-4bit", "bits", 16, found: "16", expected: "from 2 to 8"),
    Setting("gptq-4bit", "group_size", 0, found: "0", expected: "-1 or at least 1"),
    Setting("gptq-4bit", "checkpoint_format", "marlin", found: "marlin", expected: "gptq_v2"),
    Setting("gptq-4bit", "is_marlin_format", true, found: "true", expected: "false"),
    Setting("gptq-4bit", "pack_dtype", "int64", found: "int64", expected: "int32"),
    Setting(
      "gptq-4bit", "dynamic", ["+:.*q_proj": ["bits": 8]], found: "object", expected: "left out"),
    Setting("awq", "version", "gemv", found: "gemv", expected: "gemm"),
    Setting("awq", "bits", 8, found: "8", expected: "4"),
    Setting("ct-int4", "format", "marlin-24", found: "marlin-24", expected: "pack-quantized"),
    Setting(
      "ct-int4", "sparsity_config", ["format": "sparse-24-bitmask"], found: "sparse-24-bitmask",
      expected: "not supported"),
    Setting(
      "ct-int4", "config_groups", ["W4A16": ["Linear"]], at: "W4A16", found: "array",
      expected: "object"),
    Setting("ct-int4", "quantization_status", "calibration", found: "cal", expected: "compressed"),
    Setting("mlx-4bit", "mode", "mxfp4", found: "mxfp4", expected: "affine"),
    Setting("mlx-4bit", "bits", 7, found: "7", expected: "2, 3, 4, 5, 6 or 8"),
    Setting("mlx-4bit", "other", "x", found: "x", expected: "settings of a module"),
    Setting("bnb-nf4", "bnb_4bit_quant_type", "int4", found: "int4", expected: "nf4"),
    Setting("modelopt-fp8", "quant_algo", "W4A8_AWQ", found: "W4A8", expected: "FP8, NVFP4"),
  ]
}
