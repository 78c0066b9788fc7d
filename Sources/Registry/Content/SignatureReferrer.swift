import CleaveStorage

/// A signature as registries hold it: a manifest of its own that refers to the bundle's.
struct SignatureReferrer: Sendable {
  let contents: [UInt8]
  let layer: Descriptor
  let manifest: ImageManifest

  /// The largest signature, as `cleave verify` reads it.
  static let largest = 1 << 26
  /// The configuration of a manifest that has none.
  static let emptyConfiguration = Array("{}".utf8)
  private static let predicate = "https://model_signing/signature/v1.0"

  init(_ contents: [UInt8], of subject: ImageManifest) {
    self.contents = contents
    layer = Descriptor(mediaType: MediaType.signature, digest: FileDigest(of: contents))
    manifest = ImageManifest(
      artifactType: MediaType.signature,
      configuration: Descriptor(
        mediaType: MediaType.empty, digest: FileDigest(of: Self.emptyConfiguration)),
      layers: [layer],
      subject: Descriptor(
        mediaType: MediaType.manifest, digest: FileDigest(of: subject.bytes)),
      annotations: [
        AnnotationName.signatureContent: "dsse-envelope",
        AnnotationName.signaturePredicate: Self.predicate,
      ])
  }

  /// Whether what refers to a bundle may be its signature: Sigstore's format holds other statements too.
  static func mayBe(_ referrer: Descriptor) -> Bool {
    [nil, predicate].contains(referrer.annotations[AnnotationName.signaturePredicate])
  }
}
