import CleaveModel

/// `cleave partition`: an artifact with exits into an edge bundle and a cloud bundle. Every weight
/// file is a hard link to the model's: the bundles hold its very bytes.
public struct Partitioner {
  public let source: String
  public let edgeTarget: String
  public let cloudTarget: String
  public var force = false

  public init(source: String, edge: String, cloud: String) {
    self.source = source
    edgeTarget = edge
    cloudTarget = cloud
  }

  public func run() throws -> (edge: Manifest, cloud: Manifest, plan: SplitPlan) {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    let plan = try SplitPlan(artifact)
    // Both targets are refused, if they must be, before either is written.
    let edgeWriter = try ArtifactWriter(
      target: edgeTarget, sources: [source, cloudTarget], force: force)
    let cloudWriter = try ArtifactWriter(
      target: cloudTarget, sources: [source, edgeTarget], force: force)

    let step = ProvenanceStep(
      step: "partition",
      inputs: [.init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest())])
    let edge = try emit(.edge, plan.edge, artifact, step, edgeWriter)
    let cloud = try emit(.cloud, plan.cloud, artifact, step, cloudWriter)
    return (edge, cloud, plan)
  }

  private func emit(
    _ role: Manifest.Role, _ blocks: Range<Int>, _ artifact: Artifact, _ step: ProvenanceStep,
    _ writer: ArtifactWriter
  ) throws -> Manifest {
    var manifest = artifact.manifest
    manifest.role = role
    manifest.blocks = blocks
    manifest.exits = role == .cloud ? [] : manifest.exits
    manifest.provenance.append(step)
    for (path, _) in manifest.expectedFiles { try writer.link(path, from: artifact) }
    return try writer.finish(manifest)
  }
}
