import CleaveStorage

/// A manifest of the OCI image specification: a configuration and layers, each a blob.
struct ImageManifest: Equatable, Sendable {
  var artifactType: String
  var configuration: Descriptor
  var layers: [Descriptor]
  /// The manifest that this one is about, as a signature is about a bundle.
  var subject: Descriptor?
  var annotations: [String: String] = [:]

  /// The largest manifest that is read: what registries take, by the OCI distribution specification.
  static let largest = 4 << 20
  /// The most layers: some thousand blocks and exits.
  private static let mostLayers = 16_384
  /// The deepest JSON: a manifest has four levels.
  static let depth = 16

  init(
    artifactType: String, configuration: Descriptor, layers: [Descriptor],
    subject: Descriptor? = nil, annotations: [String: String] = [:]
  ) {
    self.artifactType = artifactType
    self.configuration = configuration
    self.layers = layers
    self.subject = subject
    self.annotations = annotations
  }

  /// Reads a manifest.
  ///
  /// - Parameters:
  ///   - bytes: at most `largest`.
  ///   - file: what errors call it.
  ///   - expected: the artifact type that is wanted.
  init(_ bytes: [UInt8], file: String, expected: String) throws {
    let node = try JSONNode(parsing: bytes, file: file, depth: Self.depth)
    let type = try node.required("mediaType")
    guard try type.string() == MediaType.manifest else {
      throw type.refuse(
        expected: "\"\(MediaType.manifest)\"",
        advice: "An index of several images is no bundle: name one of its manifests.")
    }
    _ = try node.required("schemaVersion").int(in: 2...2)
    guard let artifact = try node.optional("artifactType"), try artifact.string() == expected else {
      throw try (node.optional("artifactType") ?? node).refuse(
        expected: "the artifactType \"\(expected)\"",
        advice: "A container image, or a model that another tool packed, is no bundle.")
    }
    artifactType = expected
    configuration = try Descriptor(node.required("config"))
    let layers = try node.required("layers")
    let elements = try layers.elements()
    guard elements.count <= Self.mostLayers else {
      throw layers.refuse(
        expected: "at most \(Self.mostLayers) layers", found: "\(elements.count)")
    }
    self.layers = try elements.map(Descriptor.init)
    subject = try node.optional("subject").map(Descriptor.init)
    annotations = try Descriptor.annotations(node)
  }

  /// The bytes that are pushed: the same manifest has the same bytes, and so the same digest.
  var bytes: [UInt8] { Array(json.text(pretty: false).utf8) }

  private var json: JSON {
    var object = JSONObject([
      ("schemaVersion", 2), ("mediaType", .string(MediaType.manifest)),
      ("artifactType", .string(artifactType)), ("config", configuration.json),
      ("layers", .array(layers.map(\.json))),
    ])
    object["subject"] = subject?.json
    object["annotations"] = Descriptor.json(annotations)
    return .object(object)
  }
}
