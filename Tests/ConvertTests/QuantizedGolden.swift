import CleaveStorage
import TestSupport

/// A variant of Tests/Golden/quantized: the parts of some modules in a package's layout, and what
/// the package makes of them.
struct QuantizedGolden {
  let name: String
  /// The member of config.json that describes the layout.
  let key: String
  let config: JSON
  /// The SHA-256 of the float32 values of each weight, by its name in artifacts.
  let digests: [String: String]

  init(_ name: String) throws {
    let json = try FileSystem.readJSON(Golden.path("quantized/quantized.json"))
    let node = try json.required("variants").elements().first {
      try $0.required("name").string() == name
    }
    guard let node else { throw FileUnreadable(path: name) }
    self.name = name
    key = try node.required("key").string()
    config = try node.required("config").value
    digests = Dictionary(
      uniqueKeysWithValues: try node.required("weights").members().map {
        (Self.artifactName($0.name), try $0.node.required("sha256").string())
      })
  }

  private static func artifactName(_ name: String) -> String {
    let module = name.split(separator: ".").dropLast().last ?? ""
    let names: [Substring: String] = [
      "q_proj": "attention.query", "k_proj": "attention.key", "v_proj": "attention.value",
      "o_proj": "attention.output", "gate_proj": "feed_forward.gate",
      "up_proj": "feed_forward.up", "down_proj": "feed_forward.down",
    ]
    return names[module].map { "blocks.0.\($0).weight" } ?? "token_embedding.weight"
  }

  /// The tensors of the checkpoint: those of the variant, and the base's for all other modules.
  func tensors() throws -> [SafetensorsBuilder.Tensor] {
    let parts = try Self.tensors("quantized/\(name).safetensors")
    let base = try Self.tensors("quantized/base.safetensors").filter { tensor in
      let module = tensor.name.dropLast("weight".count)
      return !parts.contains { $0.name.hasPrefix(module) }
    }
    return base + parts
  }

  private static func tensors(_ path: String) throws -> [SafetensorsBuilder.Tensor] {
    let file = try SafetensorsFile(path: Golden.path(path))
    return file.entries.map { entry in
      SafetensorsBuilder.Tensor(
        entry.name, entry.dtype.rawValue, entry.shape,
        file.file.withBytes(entry.range) { Array($0) })
    }
  }

  /// Writes the checkpoint as a directory.
  ///
  /// - Parameters: - config: another description of the layout. - change: changes the tensors.
  func write(
    to directory: String, in scratch: Scratch, config: JSON? = nil,
    _ change: (inout [SafetensorsBuilder.Tensor]) throws -> Void = { _ in }
  ) throws {
    _ = try scratch.makeDirectory(directory)
    for file in ["tokenizer.json", "tokenizer_config.json"] {
      try scratch.write(
        try Golden.bytes("tiny-tied-bf16-sharded/\(file)"), to: "\(directory)/\(file)")
    }
    guard
      case .object(var settings) = try FileSystem.readJSON(Golden.path("quantized/config.json"))
        .value
    else { throw FileUnreadable(path: "config.json") }
    settings[key] = config ?? self.config
    try scratch.write(JSON.object(settings).text(), to: "\(directory)/config.json")
    var tensors = try tensors()
    try change(&tensors)
    var builder = SafetensorsBuilder(tensors)
    builder.metadata = try SafetensorsFile(path: Golden.path("quantized/\(name).safetensors"))
      .metadata.map {
        ($0.name, String(JSON.string($0.value).text(pretty: false).dropFirst().dropLast()))
      }
    try scratch.write(builder.bytes, to: "\(directory)/model.safetensors")
  }
}
