import CleaveModel
import CleaveStorage

/// A cloud bundle, opened for running.
package final class CloudModel: Sendable {
  /// The manifest of the bundle, or of the bundle that a model would be cut into.
  package let manifest: Manifest
  let stack: BlockStack
  let head: OutputHead
  /// What the tokens are looked up in that come in place of hidden states; nil where these come.
  let embedding: Embedding?

  package convenience init(_ artifact: Artifact) throws {
    try artifact.require(role: .cloud)
    try self.init(opened: artifact, as: artifact.manifest)
  }

  /// Opens the cloud's part of a model that has not been cut: its blocks from the first exit's depth on.
  ///
  /// - Throws: `InputError` for a model without exits.
  package convenience init(restOf model: Artifact) throws {
    try model.require(role: .model)
    var manifest = model.manifest
    guard let first = manifest.exits.first else {
      throw InputError(
        file: model.path, location: "exits", found: "none", expected: "at least one",
        advice: "Attach some with `cleave exits add`.")
    }
    manifest.role = .cloud
    manifest.blocks = first.depth..<manifest.configuration.blockCount
    manifest.exits = []
    manifest.exitVocabulary = nil
    manifest.calibration = nil
    try self.init(opened: model, as: manifest)
  }

  private init(opened artifact: Artifact, as manifest: Manifest) throws {
    self.manifest = manifest
    stack = try BlockStack(artifact, blocks: manifest.blocks)
    head = try OutputHead(artifact)
    embedding = manifest.takesTokens ? try Embedding(artifact) : nil
  }
}
