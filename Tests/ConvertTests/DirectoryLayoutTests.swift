import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Tests where a directory may hold its tensors: names, prefixes, buffers, types, and the language part of
/// multimodal models. Each must be the same model as the plain directory.
@Suite struct DirectoryLayoutTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The tiny directory with weights that differ from one another.
  private static func directory(isTied: Bool = false) -> (
    TinyDirectory, [SafetensorsBuilder.Tensor]
  ) {
    var directory = TinyDirectory()
    directory.isTied = isTied
    let tensors = directory.tensors.enumerated().map { number, tensor in
      var tensor = tensor
      for index in stride(from: 0, to: tensor.bytes.count, by: 4) {
        tensor.bytes[index + 3] = 0x3F
        tensor.bytes[index + 2] = UInt8((index / 4 + number) % 100)
      }
      return tensor
    }
    return (directory, tensors)
  }

  private func imported(
    _ directory: TinyDirectory, _ tensors: [SafetensorsBuilder.Tensor], config: String? = nil
  ) throws -> Manifest {
    try directory.write(to: scratch)
    if let config { try scratch.write(config, to: "source/config.json") }
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/model.safetensors")
    return try Importer(source: scratch("source"), target: scratch("out")).run()
  }

  private func plain(isTied: Bool = false) throws -> Manifest {
    let (directory, tensors) = Self.directory(isTied: isTied)
    let scratch = try Scratch()
    try directory.write(to: scratch)
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/model.safetensors")
    return try Importer(source: scratch("source"), target: scratch("out")).run()
  }

  private static func renamed(
    _ tensors: [SafetensorsBuilder.Tensor], _ rename: (String) -> String
  ) -> [SafetensorsBuilder.Tensor] {
    tensors.map { .init(rename($0.name), $0.dtype, $0.shape, $0.bytes) }
  }

  private static func replacingModel(_ name: String, with prefix: String) -> String {
    name.hasPrefix("model.") ? prefix + name.dropFirst("model.".count) : name
  }

  /// transformers puts the prefix before the names of a model that was saved without its head.
  @Test func namesWithoutPrefix() throws {
    let (directory, tensors) = Self.directory(isTied: true)
    let found = try imported(
      directory, Self.renamed(tensors) { Self.replacingModel($0, with: "") })
    #expect(try found.modelID == plain(isTied: true).modelID)
  }

  /// The one matrix of tied weights goes by either name.
  @Test func tiedWeightsUnderTheNameOfTheHead() throws {
    let (directory, tensors) = Self.directory(isTied: true)
    let found = try imported(
      directory,
      Self.renamed(tensors) { $0 == "model.embed_tokens.weight" ? "lm_head.weight" : $0 })
    #expect(try found.modelID == plain(isTied: true).modelID)
  }

  @Test(arguments: [
    "model.rotary_emb.inv_freq", "model.layers.0.self_attn.rotary_emb.inv_freq",
    "model.layers.0.self_attn.rotary_emb.cos_cached", "model.rotary_emb_local.inv_freq",
    "model.layers.0.self_attn.masked_bias", "model.layers.0.attn.bias",
    "model.layers.0.attention.masked_bias", "model.embeddings.position_ids",
    "model.layers.0.self_attn.rotary_emb.original_inv_freq",
  ])
  func derivedBuffersAreNotRead(name: String) throws {
    let (directory, tensors) = Self.directory()
    let found = try imported(
      directory, tensors + [.init(name, "I64", [1], [0, 0, 0, 0, 0, 0, 0, 0])])
    #expect(try found.modelID == plain().modelID)
  }

  /// Also where an index alone names them.
  @Test func derivedBuffersOfAnIndex() throws {
    let (directory, tensors) = Self.directory()
    try directory.write(to: scratch)
    try scratch.remove("source/model.safetensors")
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/a.safetensors")
    let map = (tensors.map(\.name) + ["model.rotary_emb.inv_freq"]).map {
      "\"\($0)\":\"a.safetensors\""
    }
    try scratch.write(
      "{\"weight_map\":{\(map.joined(separator: ","))}}", to: "source/model.safetensors.index.json")
    let found = try Importer(source: scratch("source"), target: scratch("out")).run()
    #expect(try found.modelID == plain().modelID)
  }

  @Test(arguments: [true, false])
  func float64IsNarrowed(onlyNorms: Bool) throws {
    let (directory, tensors) = Self.directory()
    let wide = tensors.map { tensor in
      guard !onlyNorms || tensor.shape.count == 1 else { return tensor }
      let bytes = stride(from: 0, to: tensor.bytes.count, by: 4).flatMap { start in
        let bits = tensor.bytes[start..<start + 4].reversed().reduce(UInt32(0)) {
          $0 << 8 | UInt32($1)
        }
        return littleEndian(Double(Float(bitPattern: bits)).bitPattern)
      }
      return SafetensorsBuilder.Tensor(tensor.name, "F64", tensor.shape, bytes)
    }
    #expect(try imported(directory, wide).modelID == plain().modelID)
  }

  @Test func float64BeyondFloat32IsRefused() throws {
    var (directory, tensors) = Self.directory()
    directory.isTied = false
    let index = try #require(tensors.firstIndex { $0.name == "model.norm.weight" })
    tensors[index] = .init(
      "model.norm.weight", "F64", [8], (0..<8).flatMap { _ in littleEndian(1e300.bitPattern) })
    let error = #expect(throws: InputError.self) { try imported(directory, tensors) }
    #expect(error?.location == "model.norm.weight" && error?.found == "1e+300")
    #expect(error?.expected == "numbers within float32")
  }

  @Test(arguments: [
    "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
    "model.layers.0.self_attn.q_proj.lora_B.default.weight", "base_model.model.lm_head.weight",
  ])
  func adaptersAreRefused(name: String) throws {
    let (directory, tensors) = Self.directory()
    let error = #expect(throws: InputError.self) {
      try imported(directory, tensors + [.init(name, "F32", [1], [0, 0, 0, 0])])
    }
    #expect(error?.location == name && error?.found == "1 tensors of an adapter (LoRA)")
    #expect(error?.advice?.contains("merge_and_unload") == true)
  }

  @Test func layersOfTwoModels() throws {
    let (directory, tensors) = Self.directory()
    let more = Self.renamed(tensors.filter { $0.name.contains("layers") }) {
      Self.replacingModel($0, with: "")
    }
    let error = #expect(throws: InputError.self) { try imported(directory, tensors + more) }
    #expect(error?.found == "layers under \"model.layers\" and \"layers\"")
    #expect(error?.expected == "the layers of one model")
  }

  /// The language part of a multimodal directory, by the names of transformers 4 and 5.
  @Test(arguments: [
    ("model.language_model.", "lm_head.weight", "model.vision_tower"),
    ("language_model.model.", "language_model.lm_head.weight", "vision_tower"),
  ])
  func languageModelOfMistral3(prefix: String, head: String, vision: String) throws {
    var (directory, tensors) = Self.directory()
    directory.settings = ["\"num_key_value_heads\": 2"]
    let text = directory.config.replacing("\"llama\"", with: "\"mistral\"")
    let plain = try imported(directory, tensors, config: text)
    let scratch = try Scratch()
    tensors = Self.renamed(tensors) {
      $0 == "lm_head.weight" ? head : Self.replacingModel($0, with: prefix)
    }
    tensors.append(.init("\(vision).patch_conv.weight", "F32", [1], [0, 0, 0, 0]))
    try directory.write(to: scratch)
    try scratch.write(
      "{\"model_type\": \"mistral3\", \"text_config\": \(text)}", to: "source/config.json")
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/model.safetensors")
    let found = try Importer(source: scratch("source"), target: scratch("out")).run()
    #expect(found.modelID == plain.modelID)
    #expect(
      found.provenance[0].settings.contains {
        $0.name == "left_out" && $0.value == "1 tensors of vision_tower"
      })
  }

  /// The positions of multimodal RoPE are the same number in a text.
  @Test func ropeOfQwen2VL() throws {
    var (directory, tensors) = Self.directory()
    for name in ["q", "k", "v"] {
      tensors.append(
        .init(
          "model.layers.0.self_attn.\(name)_proj.bias", "F32", [8], [UInt8](repeating: 0, count: 32)
        ))
    }
    directory.settings = [
      "\"rope_theta\": 1000000.0", "\"rms_norm_eps\": 1e-06", "\"num_key_value_heads\": 2",
      "\"max_position_embeddings\": 32768",
    ]
    let text = directory.config.replacing("\"llama\"", with: "\"qwen2\"")
    let plain = try imported(directory, tensors, config: text)
    let scratch = try Scratch()
    try directory.write(to: scratch)
    directory.settings.append(
      "\"rope_scaling\": {\"type\": \"mrope\", \"mrope_section\": [1, 1, 0]}, \"vision_config\": {}"
    )
    try scratch.write(
      directory.config.replacing("\"llama\"", with: "\"qwen2_vl\""), to: "source/config.json")
    tensors.append(.init("visual.merger.weight", "F32", [1], [0, 0, 0, 0]))
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/model.safetensors")
    let found = try Importer(source: scratch("source"), target: scratch("out")).run()
    #expect(found.modelID == plain.modelID)
  }
}
