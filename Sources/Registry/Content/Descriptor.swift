import CleaveStorage

/// What a manifest says of a blob or of another manifest: its type, size and digest.
struct Descriptor: Equatable, Sendable {
  var mediaType: String
  var digest: FileDigest
  var artifactType: String?
  var annotations: [String: String] = [:]

  /// The largest blob that is believed, as in a bundle's own manifest.
  static let largest = 1 << 48
  private static let mostAnnotations = 64

  /// The digest as registries write it.
  var reference: String { "sha256:\(digest.sha256)" }

  init(
    mediaType: String, digest: FileDigest, artifactType: String? = nil,
    annotations: [String: String] = [:]
  ) {
    self.mediaType = mediaType
    self.digest = digest
    self.artifactType = artifactType
    self.annotations = annotations
  }

  /// Reads a descriptor.
  ///
  /// - Throws: `InputError` for one without a SHA-256, or of a size that no file has.
  init(_ node: JSONNode) throws {
    mediaType = try node.required("mediaType").string()
    artifactType = try node.optional("artifactType")?.string()
    let digest = try node.required("digest")
    let text = try digest.string()
    guard text.hasPrefix("sha256:"), FileDigest.isSHA256(String(text.dropFirst(7))) else {
      throw digest.refuse(expected: "sha256: and 64 lower-case hexadecimal digits")
    }
    let bytes = try node.required("size").int(in: 0...Self.largest)
    self.digest = FileDigest(bytes: bytes, sha256: String(text.dropFirst(7)))
    annotations = try Self.annotations(node)
  }

  static func annotations(_ node: JSONNode) throws -> [String: String] {
    guard let annotations = try node.optional("annotations") else { return [:] }
    let members = try annotations.members()
    guard members.count <= mostAnnotations else {
      throw annotations.refuse(
        expected: "at most \(mostAnnotations) annotations", found: "\(members.count)")
    }
    return Dictionary(
      try members.map { ($0.name, try $0.node.string()) }, uniquingKeysWith: { first, _ in first })
  }

  var json: JSON {
    var object = JSONObject([
      ("mediaType", .string(mediaType)), ("digest", .string(reference)),
      ("size", .integer(Int64(digest.bytes))),
    ])
    object["artifactType"] = artifactType.map { .string($0) }
    object["annotations"] = Self.json(annotations)
    return .object(object)
  }

  /// Annotations in the order of their names, so that the same ones have the same bytes; nil where there are none.
  static func json(_ annotations: [String: String]) -> JSON? {
    guard !annotations.isEmpty else { return nil }
    return .object(
      JSONObject(annotations.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
  }
}
