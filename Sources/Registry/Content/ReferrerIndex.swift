import CleaveStorage

/// The list of what refers to a manifest, as registries give it or, where they do not know of it, keep under a tag.
struct ReferrerIndex: Sendable {
  private(set) var manifests: [Descriptor]

  /// The most that are looked at.
  private static let most = 1024

  init() { manifests = [] }

  init(_ bytes: [UInt8], file: String) throws {
    let node = try JSONNode(parsing: bytes, file: file, depth: ImageManifest.depth)
    let type = try node.required("mediaType")
    guard try type.string() == MediaType.index else {
      throw type.refuse(expected: "\"\(MediaType.index)\"")
    }
    let list = try node.required("manifests")
    let elements = try list.elements()
    guard elements.count <= Self.most else {
      throw list.refuse(expected: "at most \(Self.most) referrers", found: "\(elements.count)")
    }
    manifests = try elements.map(Descriptor.init)
  }

  /// Adds a manifest that is not in it.
  ///
  /// - Returns: whether it was new.
  mutating func add(_ descriptor: Descriptor) -> Bool {
    guard !manifests.contains(where: { $0.digest == descriptor.digest }) else { return false }
    manifests.append(descriptor)
    return true
  }

  var bytes: [UInt8] {
    let json: JSON = [
      "schemaVersion": 2, "mediaType": .string(MediaType.index),
      "manifests": .array(manifests.map(\.json)),
    ]
    return Array(json.text(pretty: false).utf8)
  }

  /// The tag under which the list is kept where a registry has no referrers.
  static func tag(of digest: FileDigest) -> String { "sha256-\(digest.sha256)" }
}
