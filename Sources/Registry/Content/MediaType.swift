/// The media types of what cleave keeps in registries.
enum MediaType {
  // OCI image specification 1.1.
  static let manifest = "application/vnd.oci.image.manifest.v1+json"
  static let index = "application/vnd.oci.image.index.v1+json"
  static let empty = "application/vnd.oci.empty.v1+json"

  // CNCF ModelPack.
  static let model = "application/vnd.cncf.model.manifest.v1+json"
  static let modelConfiguration = "application/vnd.cncf.model.config.v1+json"
  static let weights = "application/vnd.cncf.model.weight.v1.raw"
  static let weightsConfiguration = "application/vnd.cncf.model.weight.config.v1.raw"
  static let documentation = "application/vnd.cncf.model.doc.v1.raw"

  /// What layers of a bundle may be: single files, unpacked.
  static let layers = [weights, weightsConfiguration, documentation]

  /// A detached signature in Sigstore's format, as the OpenSSF Model Signing specification has it.
  static let signature = "application/vnd.dev.sigstore.bundle.v0.3+json"
}

/// The annotations that say which file a layer is.
enum AnnotationName {
  static let modelFile = "org.cncf.model.filepath"
  static let title = "org.opencontainers.image.title"
  static let description = "org.opencontainers.image.description"
  static let signatureContent = "dev.sigstore.bundle.content"
  static let signaturePredicate = "dev.sigstore.bundle.predicateType"
}
