import CleaveModel
import CleaveStorage

/// A bundle in a registry: its files as the registry's manifest has them, which are those of the bundle's own.
struct PulledContent {
  private let layers: [String: Descriptor]
  private let place: String

  /// - Parameter place: the reference, for errors.
  init(_ image: ImageManifest, place: String) throws {
    layers = try BundleContent.layers(of: image, file: place)
    self.place = place
  }

  /// The bundle's own manifest, as a layer.
  ///
  /// - Throws: `InputError` where there is none, or it is larger than any that is read.
  func manifestLayer() throws -> Descriptor {
    guard let layer = layers[ArtifactLayout.manifest] else {
      throw InputError(
        file: place, location: "layers", found: "no \(ArtifactLayout.manifest)",
        expected: "a bundle, as cleave push makes one")
    }
    guard layer.digest.bytes <= Artifact.largestManifest else {
      throw InputError(
        file: place, location: ArtifactLayout.manifest, found: "\(layer.digest.bytes) bytes",
        expected: "at most \(Artifact.largestManifest)")
    }
    return layer
  }

  /// The largest document about a bundle.
  private static let largestDocument = 1 << 24

  /// The documents about the bundle, which its manifest says nothing of.
  ///
  /// - Throws: `InputError` for one that is larger than any.
  func documents() throws -> [BundleContent.Layer] {
    try ArtifactLayout.documents.compactMap { path in
      guard let layer = layers[path] else { return nil }
      guard layer.digest.bytes <= Self.largestDocument else {
        throw InputError(
          file: place, location: path, found: "\(layer.digest.bytes) bytes",
          expected: "at most \(Self.largestDocument)")
      }
      return BundleContent.Layer(path: path, descriptor: layer)
    }
  }

  /// The layers of a bundle's files, with their paths.
  ///
  /// - Throws: `InputError` where the registry has another file than the bundle's manifest says, or one more, or one less.
  func files(of manifest: Manifest) throws -> [BundleContent.Layer] {
    let files = try manifest.files.map { record in
      guard let layer = layers[record.path], layer.digest == record.digest else {
        let found = layers[record.path].map { "\($0.digest.bytes) bytes, \($0.reference)" }
        throw InputError(
          file: place, location: record.path, found: found ?? "no such layer",
          expected: "\(record.digest.bytes) bytes, sha256:\(record.digest.sha256), as the bundle's"
            + " \(ArtifactLayout.manifest) says")
      }
      return BundleContent.Layer(path: record.path, descriptor: layer)
    }
    let known = Set(
      manifest.files.map(\.path) + [ArtifactLayout.manifest] + ArtifactLayout.documents)
    if let stray = layers.keys.filter({ !known.contains($0) }).min() {
      throw InputError(
        file: place, location: "layers", found: "\"\(stray)\"",
        expected: "only files that the bundle's \(ArtifactLayout.manifest) lists")
    }
    return files
  }
}
