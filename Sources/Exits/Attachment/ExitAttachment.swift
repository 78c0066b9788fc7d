import CleaveModel
import CleaveStorage

/// The work of `cleave exits add`: it writes a model with additional, untrained exits.
package struct ExitAttachment {
  /// The model artifact's directory.
  package let source: String
  /// The directory to make.
  package let target: String
  package var placement: ExitPlacement
  /// The confidence from which each of the exits answers; above 1 it never does.
  package let threshold: Double
  package var tailStart = TailStart.last
  /// Whether an artifact at the target may be replaced.
  package var force = false

  package init(source: String, target: String, placement: ExitPlacement, threshold: Double) {
    self.source = source
    self.target = target
    self.placement = placement
    self.threshold = threshold
  }

  /// - Returns: the manifest of the new artifact.
  /// - Throws: `InputError` for exits that the model cannot have, `OutputError` when the artifact cannot
  ///   be written.
  package func run() throws -> Manifest {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    var exits = try placement.checkedRecords(
      threshold: threshold, addedTo: artifact.manifest, file: source)
    let initialization = try ExitInitialization(exits, tailStart, artifact)
    exits = try initialization.records(feedback: placement.hasFeedback)

    let writer = try ArtifactWriter(target: target, sources: [source], force: force)
    // A calibration was of the exits as they were: another exit changes which of them answers.
    for file in artifact.manifest.files where file.path != ArtifactLayout.calibration {
      try writer.link(file.path, from: artifact)
    }
    for exit in exits {
      let weights = try exit.weights(in: artifact.manifest.configuration).map { weight in
        try initialization.value(of: weight, in: exit).source(name: exit.name(of: weight))
      }
      try writer.write(weights, to: exit.path)
    }
    return try writer.finish(try manifest(artifact, adding: exits))
  }

  private func manifest(_ artifact: Artifact, adding exits: [ExitRecord]) throws -> Manifest {
    var manifest = artifact.manifest
    manifest.calibration = nil
    for index in manifest.exits.indices { manifest.exits[index].calibrated = false }
    manifest.exits = (manifest.exits + exits).sorted { $0.depth < $1.depth }
    manifest.provenance.append(try step(on: artifact))
    return manifest
  }

  private func step(on artifact: Artifact) throws -> ProvenanceStep {
    var settings: [(name: String, value: String)] = [
      ("at", placement.depths.map(String.init).joined(separator: ",")),
      ("threshold", "\(threshold)"),
      ("body", placement.bodies.map(\.description).joined(separator: ",")),
      ("replace", "\(placement.replacesBlocks)"),
    ]
    if placement.hasTails { settings.append(("init", tailStart.description)) }
    if placement.hasFeedback { settings.append(("feedback", "true")) }
    return ProvenanceStep(
      step: "exits add",
      inputs: [.init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest())],
      settings: settings)
  }
}
