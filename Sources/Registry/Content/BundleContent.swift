import CleaveModel
import CleaveStorage

/// A bundle as a registry holds it: each file a layer, so that bundles share what they have in common.
struct BundleContent {
  /// One file of the bundle.
  struct Layer: Sendable {
    /// The path relative to the bundle.
    let path: String
    let descriptor: Descriptor
  }

  let layers: [Layer]
  /// The description in the terms of CNCF ModelPack, which no reader of bundles needs.
  let configuration: [UInt8]
  let manifest: ImageManifest

  /// - Throws: `InputError` for a file that cannot be read.
  init(_ artifact: Artifact) throws {
    let manifest = artifact.manifest
    let own = (path: ArtifactLayout.manifest, digest: try artifact.manifestDigest())
    let documents = try ArtifactLayout.documents.map { (path: $0, file: "\(artifact.path)/\($0)") }
      .filter { FileSystem.exists($0.file) }
      .map { (path: $0.path, digest: try FileDigest(ofFile: $0.file)) }
    let files = manifest.files.map { (path: $0.path, digest: $0.digest) }
    layers = ([own] + files + documents).map {
      Layer(path: $0.path, descriptor: Self.descriptor($0.path, $0.digest))
    }
    let pack = ModelPackConfiguration(manifest, layers: layers.map(\.descriptor))
    configuration = Array(pack.json.text(pretty: false).utf8)
    self.manifest = ImageManifest(
      artifactType: MediaType.model,
      configuration: Descriptor(
        mediaType: MediaType.modelConfiguration, digest: FileDigest(of: configuration)),
      layers: layers.map(\.descriptor), annotations: [AnnotationName.description: pack.summary])
  }

  private static func descriptor(_ path: String, _ digest: FileDigest) -> Descriptor {
    Descriptor(
      mediaType: path.hasSuffix(".safetensors")
        ? MediaType.weights
        : ArtifactLayout.documents.contains(path)
          ? MediaType.documentation : MediaType.weightsConfiguration,
      digest: digest,
      annotations: [AnnotationName.modelFile: path, AnnotationName.title: path])
  }
}

extension BundleContent {
  /// Reads which files a manifest's layers are.
  ///
  /// - Throws: `InputError` for a layer that is no single file, or no file that a bundle could hold, and for one that is there
  ///   twice.
  static func layers(of manifest: ImageManifest, file: String) throws -> [String: Descriptor] {
    var layers: [String: Descriptor] = [:]
    for (index, layer) in manifest.layers.enumerated() {
      let location = "layers[\(index)]"
      guard MediaType.layers.contains(layer.mediaType) else {
        throw InputError(
          file: file, location: "\(location).mediaType", found: layer.mediaType,
          expected: "one of \(MediaType.layers.joined(separator: ", "))")
      }
      let path = try path(of: layer, file: file, location: location)
      guard layers.updateValue(layer, forKey: path) == nil else {
        throw InputError(
          file: file, location: location, found: "\"\(path)\" twice", expected: "each file once")
      }
    }
    return layers
  }

  private static func path(of layer: Descriptor, file: String, location: String) throws -> String {
    let names = [AnnotationName.modelFile, AnnotationName.title]
      .compactMap { layer.annotations[$0] }
    guard let path = names.first, names.allSatisfy({ $0.utf8.elementsEqual(path.utf8) }) else {
      throw InputError(
        file: file, location: "\(location).annotations",
        found: names.isEmpty ? "no path of a file" : "two paths",
        expected: "\(AnnotationName.modelFile), the path of the file in the bundle")
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard path.utf8.count <= 255, parts.count <= 2, !path.utf8.contains(0),
      parts.allSatisfy({ !["", ".", ".."].contains($0) })
    else {
      throw InputError(
        file: file, location: "\(location).annotations", found: "\"\(path)\"",
        expected: "a path inside of the bundle")
    }
    return path
  }
}
