import CleaveModel
import CleaveStorage

/// Runs `cleave partition --tiers`: splits an artifact with exits into a bundle for each tier. Two tiers make the
/// bundles that `Partitioner` makes. Each weight file is a hard link to the model's file.
package struct TierPartitioner {
  package let source: String
  package let tiers: [Tier]
  /// The directory in which each tier's bundle is a directory with its name.
  package let target: String
  package var force = false

  package init(source: String, tiers: [Tier], target: String) {
    self.source = source
    self.tiers = tiers
    self.target = target
  }

  package func path(of tier: Tier) -> String { "\(target)/\(tier.name)" }

  /// Partitions the model; either all bundles are there in the end or none.
  ///
  /// - Returns: the manifest of each tier's bundle.
  /// - Throws: `InputError` for tiers that the model cannot be cut into, or a target that may not be written;
  ///   `OutputError` if a bundle cannot be written.
  package func run() throws -> [Manifest] {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    let plan = try TierPlan(artifact.manifest, tiers: tiers, path: source)
    // All targets are checked before any is written.
    let writers = try plan.parts.map {
      try ArtifactWriter(target: path(of: $0.tier), sources: [source], force: force)
    }
    let step = ProvenanceStep(
      step: "partition",
      inputs: [.init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest())])
    let manifests = try zip(plan.parts, writers).map { part, writer in
      var manifest = artifact.manifest.part(part)
      manifest.provenance.append(step)
      for (path, _) in manifest.expectedFiles { try writer.link(path, from: artifact) }
      return try writer.seal(manifest)
    }
    try ArtifactWriter.publish(writers)
    return manifests
  }
}

extension Manifest {
  /// The manifest of one tier's bundle, but for its files and its provenance.
  ///
  /// Thresholds stay. The record of their calibration stays with a bundle that has all exits: it is of all of them,
  /// and is the model's where they stand in several tiers.
  package func part(_ part: TierPlan.Part) -> Manifest {
    var manifest = self
    (manifest.role, manifest.blocks, manifest.exits) = (part.role, part.blocks, part.exits)
    if !part.exits.contains(where: { $0.unembedding == .vocabulary }) {
      manifest.exitVocabulary = nil
    }
    if part.exits.count < exits.count {
      manifest.calibration = nil
      for index in manifest.exits.indices { manifest.exits[index].calibrated = false }
    }
    return manifest
  }
}
