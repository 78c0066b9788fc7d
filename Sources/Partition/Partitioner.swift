import CleaveModel
import CleaveStorage

/// Runs `cleave partition`: splits an artifact with exits into an edge bundle and a cloud bundle.
/// Each weight file is a hard link to the model's file, so that the bytes are the same.
package struct Partitioner {
  package let source: String
  package let edgeTarget: String
  package let cloudTarget: String
  package var force = false
  /// Whether the cloud bundle holds all blocks, so that edges upload tokens in place of hidden states.
  package var cloudTakesTokens = false

  package init(source: String, edge: String, cloud: String) {
    self.source = source
    edgeTarget = edge
    cloudTarget = cloud
  }

  /// Partitions the model.
  ///
  /// - Returns: the manifests of both bundles, and the split.
  /// - Throws: `InputError` if the model has no exits or a target may not be written, `OutputError`
  ///   if a bundle cannot be written.
  package func run() throws -> (edge: Manifest, cloud: Manifest, plan: SplitPlan) {
    // Otherwise one bundle would contain or replace the other.
    guard !FileSystem.overlap(edgeTarget, cloudTarget) else {
      throw InputError(
        file: cloudTarget,
        found: "a target that contains the edge bundle's, \(edgeTarget), or is inside it",
        expected: "two separate directories")
    }
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    let plan = try SplitPlan(artifact, cloudTakesTokens: cloudTakesTokens)
    // Both targets are checked before either is written.
    let edgeWriter = try ArtifactWriter(target: edgeTarget, sources: [source], force: force)
    let cloudWriter = try ArtifactWriter(target: cloudTarget, sources: [source], force: force)

    let step = ProvenanceStep(
      step: "partition",
      inputs: [.init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest())])
    let edge = try seal(.edge, plan.edge, artifact, step, edgeWriter)
    let cloud = try seal(.cloud, plan.cloud, artifact, step, cloudWriter)
    try ArtifactWriter.publish([edgeWriter, cloudWriter])
    return (edge, cloud, plan)
  }

  private func seal(
    _ role: Manifest.Role, _ blocks: Range<Int>, _ artifact: Artifact, _ step: ProvenanceStep,
    _ writer: ArtifactWriter
  ) throws -> Manifest {
    var manifest = artifact.manifest
    manifest.role = role
    manifest.blocks = blocks
    if role == .cloud {
      manifest.exits = []
      manifest.exitVocabulary = nil
      manifest.calibration = nil
    }
    manifest.provenance.append(step)
    for (path, _) in manifest.expectedFiles { try writer.link(path, from: artifact) }
    return try writer.seal(manifest)
  }
}
