import CleaveModel

/// Writes a model or an edge bundle with the policy that calibration chose. All its other files stay.
package struct CalibratedArtifact {
  private let source: Artifact
  private let writer: ArtifactWriter

  /// Checks source and target, before any work.
  ///
  /// - Throws: `InputError` for a source that cannot be opened, and a target that must not be replaced.
  package init(source path: String, target: String, sources: [String], force: Bool) throws {
    source = try Artifact(opening: path)
    writer = try ArtifactWriter(target: target, sources: [path] + sources, force: force)
  }

  package func write(_ result: Calibration.Result, settings: [(name: String, value: String)])
    throws -> Manifest
  {
    for file in source.manifest.files where file.path != ArtifactLayout.calibration {
      try writer.link(file.path, from: source)
    }
    try writer.write(
      Array((result.evidence.json.text() + "\n").utf8), to: ArtifactLayout.calibration)
    var manifest = source.manifest
    let mode = result.record.collaborative
    for index in manifest.exits.indices {
      manifest.exits[index].signal = result.signal
      manifest.exits[index].threshold = mode.thresholds[index]
      manifest.exits[index].calibrated = mode.promise?.passed ?? false
    }
    manifest.calibration = result.record
    manifest.provenance.append(
      ProvenanceStep(
        step: "calibrate",
        inputs: [.init(name: ArtifactLayout.manifest, digest: try source.manifestDigest())],
        settings: settings))
    return try writer.finish(manifest)
  }
}
