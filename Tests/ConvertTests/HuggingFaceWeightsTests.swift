import CleaveConvert
import CleaveStorage
import TestSupport
import Testing

/// Shards, index and configuration must list exactly the same tensors.
@Suite struct HuggingFaceWeightsTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let index = "model.safetensors.index.json"
  private static let norm = "model.norm.weight"
  private static let lastShard = "model-00004-of-00004.safetensors"

  private func copy(_ model: String) throws -> String {
    try scratch.copy(directory: Golden.path(model), to: "source")
  }

  private func refusal() throws -> InputError? {
    let error = #expect(throws: InputError.self) {
      try Importer(source: scratch("source"), target: scratch("out")).run()
    }
    #expect(Scratch.entries(scratch.path) == ["source"])
    return error
  }

  /// Rewrites a safetensors file with changed tensors.
  private func rewrite(
    _ name: String, _ change: (inout [SafetensorsBuilder.Tensor]) -> Void
  ) throws {
    let file = try SafetensorsFile(path: scratch("source/\(name)"))
    var tensors = file.entries.map { entry in
      SafetensorsBuilder.Tensor(
        entry.name, entry.dtype.rawValue, entry.shape,
        file.file.withBytes(entry.range) { Array($0) })
    }
    change(&tensors)
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "source/\(name)")
  }

  /// As in transformers, the one file goes before an index, whatever the index says.
  @Test(arguments: [
    #"{"weight_map":{}}"#, #"{"weight_map":{"a":"model-00001-of-00002.safetensors"}}"#,
    #"{"weight_map":{"model.norm.weight":"model.safetensors"}}"#, "no JSON",
  ])
  func oneFileGoesBeforeAnIndex(index: String) throws {
    _ = try copy("tiny-llama3-f32")
    let plain = try Importer(source: scratch("source"), target: scratch("plain")).run()
    try scratch.write(index, to: "source/\(Self.index)")
    let manifest = try Importer(source: scratch("source"), target: scratch("out")).run()
    #expect(manifest.modelID == plain.modelID)
    #expect(manifest.provenance[0].inputs.map(\.name) == plain.provenance[0].inputs.map(\.name))
  }

  /// An index may name one file of any name.
  @Test func anIndexOfOneFile() throws {
    let source = try copy("tiny-llama3-f32")
    let plain = try Importer(source: source, target: scratch("plain")).run()
    try scratch.write(
      try readFile("\(source)/model.safetensors"), to: "source/weights.safetensors")
    try scratch.remove("source/model.safetensors")
    try scratch.write(
      #"{"weight_map":{"model.norm.weight":"weights.safetensors"}}"#, to: "source/\(Self.index)")
    let manifest = try Importer(source: source, target: scratch("out")).run()
    #expect(manifest.modelID == plain.modelID)
  }

  @Test func missingShard() throws {
    let source = try copy("tiny-tied-bf16-sharded")
    try scratch.remove("source/\(Self.lastShard)")
    let error = try refusal()
    #expect(error?.file == "\(source)/\(Self.index)" && error?.location == "weight_map")
    #expect(error?.found == "\(Self.lastShard), which is not")
  }

  @Test(arguments: ["../x.safetensors", "/etc/passwd", "sub/x", "", ".hidden", "a\\u0000b"])
  func shardsElsewhere(name: String) throws {
    _ = try copy("tiny-tied-bf16-sharded")
    try scratch.edit("source/\(Self.index)", "\"\(Self.lastShard)\"", "\"\(name)\"")
    let error = try refusal()
    #expect(error?.location == "weight_map" && error?.found.hasPrefix("\"") == true)
    #expect(error?.expected == "names of files in the same directory")
  }

  @Test func indexWithoutMap() throws {
    _ = try copy("tiny-tied-bf16-sharded")
    try scratch.write("{}", to: "source/\(Self.index)")
    #expect(try refusal()?.found == "no \"weight_map\"")
    try scratch.write("{\"weight_map\":{\"a\":[]}}", to: "source/\(Self.index)")
    #expect(try refusal()?.location == "weight_map.a")
  }

  @Test func tensorsInNoShard() throws {
    _ = try copy("tiny-tied-bf16-sharded")
    try rewrite(Self.lastShard) { $0.removeAll { $0.name == Self.norm } }
    #expect(try refusal()?.found == "1 missing: \(Self.norm)")
  }

  /// The shards' headers say where a tensor is, whatever the index says.
  @Test func tensorsInAnotherShard() throws {
    let source = try copy("tiny-tied-bf16-sharded")
    let plain = try Importer(source: source, target: scratch("plain")).run()
    let first = "model-00001-of-00004.safetensors"
    try scratch.edit(
      "source/\(Self.index)", "\"\(Self.norm)\": \"\(Self.lastShard)\"",
      "\"\(Self.norm)\": \"\(first)\"")
    let manifest = try Importer(source: source, target: scratch("out")).run()
    #expect(manifest.modelID == plain.modelID)
  }

  @Test func tensorsNotInTheIndex() throws {
    _ = try copy("tiny-tied-bf16-sharded")
    try rewrite(Self.lastShard) { $0.append(.init("stowaway", "U8", [1], [0])) }
    #expect(try refusal()?.found == "1 unexpected: stowaway")
  }

  @Test func tensorsInTwoShards() throws {
    _ = try copy("tiny-tied-bf16-sharded")
    try rewrite("model-00001-of-00004.safetensors") {
      $0.append(.init(Self.norm, "BF16", [64], [UInt8](repeating: 0, count: 128)))
    }
    let error = try refusal()
    #expect(error?.location == Self.norm && error?.found == "a second tensor of that name")
  }

  @Test func missingTensors() throws {
    let source = try copy("tiny-llama3-f32")
    try rewrite("model.safetensors") {
      $0.removeAll { $0.name.hasSuffix("q_proj.weight") && !$0.name.contains(".0.") }
    }
    let error = try refusal()
    #expect(error?.file == source && error?.location == "tensors")
    #expect(error?.found.hasPrefix("5 missing: model.layers.1.self_attn.q_proj.weight, ") == true)
    #expect(error?.expected == "every weight of 6 llama blocks")
  }

  @Test func unexpectedTensors() throws {
    _ = try copy("tiny-llama3-f32")
    try rewrite("model.safetensors") { $0.append(.init("model.extra", "F32", [0], [])) }
    let error = try refusal()
    #expect(error?.found == "1 unexpected: model.extra")
    #expect(error?.expected == "only weights of a llama model")
  }

  @Test func wrongShapeAndType() throws {
    _ = try copy("tiny-llama3-f32")
    try rewrite("model.safetensors") { tensors in
      for index in tensors.indices where tensors[index].name == Self.norm {
        tensors[index].shape = [2, 24]
      }
    }
    var error = try refusal()
    #expect(error?.location == Self.norm && error?.found == "shape [2, 24]")
    #expect(error?.expected == "[48], by the configuration")
    try rewrite("model.safetensors") { tensors in
      for index in tensors.indices where tensors[index].name == Self.norm {
        tensors[index] = .init(Self.norm, "I64", [48], [UInt8](repeating: 0, count: 384))
      }
    }
    error = try refusal()
    #expect(error?.location == Self.norm && error?.found == "dtype I64")
    #expect(error?.expected == "F64, F32, F16 or BF16")
  }

  @Test func oldRotaryTensorsAreDropped() throws {
    _ = try copy("tiny-f16-linear")
    let plain = try Importer(source: scratch("source"), target: scratch("plain")).run()
    try rewrite("model.safetensors") {
      $0.append(
        .init(
          "model.layers.0.self_attn.rotary_emb.inv_freq", "F32", [1], [0, 0, 0, 0]))
    }
    let manifest = try Importer(source: scratch("source"), target: scratch("out")).run()
    #expect(manifest.modelID == plain.modelID)
  }

  @Test func tiedHeads() throws {
    _ = try copy("tiny-f16-linear")
    let plain = try Importer(source: scratch("source"), target: scratch("plain")).run()
    try rewrite("model.safetensors") { tensors in
      for tensor in tensors where tensor.name == "model.embed_tokens.weight" {
        tensors.append(.init("lm_head.weight", tensor.dtype, tensor.shape, tensor.bytes))
      }
    }
    let same = try Importer(source: scratch("source"), target: scratch("same")).run()
    #expect(same.modelID == plain.modelID && same.files == plain.files)
    try rewrite("model.safetensors") { tensors in
      for index in tensors.indices where tensors[index].name == "lm_head.weight" {
        tensors[index].bytes[tensors[index].bytes.count - 1] ^= 1
      }
    }
    let error = #expect(throws: InputError.self) {
      try Importer(source: scratch("source"), target: scratch("out")).run()
    }
    #expect(error?.location == "lm_head.weight")
    #expect(error?.found == "a head that differs from the embedding")
  }
}
