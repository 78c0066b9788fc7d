import CleaveModel

/// What two bundles must be to be the two halves of one model, judged from manifests alone.
package struct StructureCheck {
  private let edge: Manifest
  private let cloud: Manifest
  private let model: Manifest

  package init(edge: Manifest, cloud: Manifest, model: Manifest) {
    self.edge = edge
    self.cloud = cloud
    self.model = model
  }

  /// Everything that is wrong, in words; empty when nothing is.
  package func faults() -> [String] {
    identityFaults() + splitFaults() + fileFaults(edge, "edge") + fileFaults(cloud, "cloud")
  }

  private func identityFaults() -> [String] {
    var faults: [String] = []
    let id = ModelIdentity.id(configuration: model.configuration, files: model.files)
    if id != model.modelID {
      faults.append("the model's files make the id \(id), its manifest says \(model.modelID)")
    }
    for (name, bundle) in [("edge", edge), ("cloud", cloud)] {
      if bundle.modelID != model.modelID {
        faults.append("the \(name) bundle is of model \(bundle.modelID), not \(model.modelID)")
      }
      if bundle.configuration != model.configuration {
        faults.append("the \(name) bundle's configuration differs from the model's")
      }
      if bundle.tokens != model.tokens {
        faults.append("the \(name) bundle's special tokens differ from the model's")
      }
    }
    return faults
  }

  private func splitFaults() -> [String] {
    // No file's hash covers an exit's threshold or temperature: they stand in the manifest alone.
    guard comparable(edge.exits) == comparable(model.exits) else {
      return ["the edge bundle's exits differ from the model's"]
    }
    if !hasOwnCalibration, edge.calibration != model.calibration {
      return ["the edge bundle has not the model's calibration"]
    }
    guard !edge.exits.isEmpty else { return ["the edge bundle has no exits"] }
    let plan = SplitPlan(
      blockCount: model.configuration.blockCount, edge: edge.blocks, cloud: cloud.blocks)
    return plan.fault(exits: edge.exits).map { [$0] } ?? []
  }

  /// Whether the edge bundle was calibrated by itself, after the cut.
  private var hasOwnCalibration: Bool {
    edge.calibration != nil && edge.calibration != model.calibration
  }

  /// What the bundle's exits must have of the model's: all of it, or all but when they answer.
  private func comparable(_ exits: [ExitRecord]) -> [ExitRecord] {
    guard hasOwnCalibration else { return exits }
    return exits.map { exit in
      var exit = exit
      (exit.threshold, exit.calibrated, exit.signal) = (0, false, .maxProbability)
      return exit
    }
  }

  /// Every file a bundle shares with the model must be the model's, byte for byte.
  private func fileFaults(_ bundle: Manifest, _ name: String) -> [String] {
    bundle.files.compactMap { file in
      if hasOwnCalibration, file.path == ArtifactLayout.calibration { return nil }
      guard let original = model.file(file.path) else {
        return "\(file.path) of the \(name) bundle is not in the model"
      }
      return original == file
        ? nil : "\(file.path) of the \(name) bundle differs from the model's"
    }
  }
}
