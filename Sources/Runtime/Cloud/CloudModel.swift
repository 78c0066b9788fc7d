import CleaveModel
import CleaveStorage

/// A cloud bundle, opened for running.
package final class CloudModel: Sendable {
  /// Of the bundle, or of the one that a model would be cut into.
  package let manifest: Manifest
  let stack: BlockStack
  let finalNorm: [Float]  // [hidden]
  let unembedding: Unembedding

  package convenience init(_ artifact: Artifact) throws {
    try artifact.require(role: .cloud)
    try self.init(opened: artifact, as: artifact.manifest)
  }

  /// The cloud of the cut that a model's exits ask for, before any cut: its blocks from the first exit's
  /// depth to the end.
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
    manifest.calibration = nil
    try self.init(opened: model, as: manifest)
  }

  private init(opened artifact: Artifact, as manifest: Manifest) throws {
    self.manifest = manifest
    stack = try BlockStack(artifact, blocks: manifest.blocks)
    finalNorm = try CleaveRuntime.finalNorm(of: artifact)
    unembedding = try Unembedding(artifact)
  }
}
