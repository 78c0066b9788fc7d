import CleaveModel
import CleaveStorage

/// What CNCF ModelPack says of a model beside its layers, for the tools that list models in registries.
struct ModelPackConfiguration {
  private let manifest: Manifest
  private let layers: [Descriptor]

  init(_ manifest: Manifest, layers: [Descriptor]) {
    self.manifest = manifest
    self.layers = layers
  }

  /// The bundle in a line.
  var summary: String {
    let blocks = manifest.blocks
    let exits = manifest.exits.map { "\($0.depth)" }.joined(separator: ", ")
    return "cleave \(manifest.role.rawValue), \(manifest.configuration.architecture), "
      + "blocks \(blocks.lowerBound)..<\(blocks.upperBound) of \(manifest.configuration.blockCount)"
      + (exits.isEmpty ? "" : ", exits after \(exits)")
  }

  var json: JSON {
    var descriptor = JSONObject([
      ("family", .string(manifest.configuration.architecture)),
      ("revision", .string(manifest.modelID)), ("description", .string(summary)),
    ])
    // A directory's first file says nothing of the model.
    let source = manifest.provenance.first?.inputs.first?.name ?? ""
    if source.hasSuffix(".gguf") { descriptor["name"] = .string(source) }
    if let license = manifest.sourceLicense?.identifier {
      descriptor["licenses"] = [.string(license)]
    }
    return [
      "descriptor": .object(descriptor),
      "config": [
        "architecture": "transformer", "format": "safetensors",
        "paramSize": .string(Self.size(of: parameters)), "quantization": .string(types),
        "capabilities": ["inputTypes": ["text"], "outputTypes": ["text"]],
      ],
      // Layers are the files as they are, so their contents have the layers' digests.
      "modelfs": ["type": "layers", "diffIds": .array(layers.map { .string($0.reference) })],
    ]
  }

  /// The most parameters that are counted: a manifest may claim more than a number has room for.
  private static let most = 1 << 62

  private var parameters: Int {
    manifest.files.flatMap(\.tensors).reduce(0) { sum, tensor in
      let (more, overflow) = sum.addingReportingOverflow(
        TensorShape.elementCount(tensor.shape) ?? Self.most)
      return overflow ? Self.most : min(more, Self.most)
    }
  }

  /// The types of the weights, by their names.
  private var types: String {
    Set(manifest.files.flatMap(\.tensors).map(\.type.rawValue)).sorted().joined(separator: ",")
  }

  /// A number of parameters as ModelPack writes it: 134.5m.
  static func size(of parameters: Int) -> String {
    let scales = [
      ("q", 1_000_000_000_000_000), ("t", 1_000_000_000_000), ("b", 1_000_000_000),
      ("m", 1_000_000),
    ]
    let (letter, scale) = scales.first { parameters >= $0.1 } ?? ("k", 1000)
    let tenths = (parameters + scale / 20) / (scale / 10)
    return tenths % 10 == 0 ? "\(tenths / 10)\(letter)" : "\(tenths / 10).\(tenths % 10)\(letter)"
  }
}
