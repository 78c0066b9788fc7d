import CleaveModel

/// Checks from manifests alone that two bundles are the two parts of one model.
package struct StructureCheck {
  private let edge: Manifest
  private let cloud: Manifest
  private let model: Manifest
  private let unusedExits: Int

  /// - Parameter unusedExits: the number of the model's deepest exits without which the edge is used.
  package init(edge: Manifest, cloud: Manifest, model: Manifest, unusedExits: Int = 0) {
    self.edge = edge
    self.cloud = cloud
    self.model = model
    self.unusedExits = unusedExits
  }

  /// All errors in words; empty if there is none.
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
    // Thresholds and temperatures are only in the manifest, so that file hashes do not cover them.
    guard comparable(edge.exits) == comparable(model.exits.dropLast(unusedExits)) else {
      return ["the edge bundle's exits differ from the model's"]
    }
    guard edge.exitVocabulary == model.exitVocabulary || (isNarrowed && edge.exitVocabulary == nil)
    else { return ["the edge bundle's exit vocabulary differs from the model's"] }
    if !hasOwnCalibration, !isNarrowed, edge.calibration != model.calibration {
      return ["the edge bundle has not the model's calibration"]
    }
    guard !edge.exits.isEmpty else { return ["the edge bundle has no exits"] }
    let plan = SplitPlan(
      blockCount: model.configuration.blockCount, edge: edge.blocks, cloud: cloud.blocks)
    return plan.fault(exits: edge.exits).map { [$0] } ?? []
  }

  private var isNarrowed: Bool { unusedExits > 0 }

  /// Whether the edge bundle was calibrated itself, after partitioning.
  private var hasOwnCalibration: Bool {
    edge.calibration != nil && edge.calibration != model.calibration
  }

  /// The properties of exits that must equal the model's: all, except the calibrated ones if the
  /// bundle was calibrated itself, or is used without some exits: its own record does not say then which it was.
  private func comparable(_ exits: some Sequence<ExitRecord>) -> [ExitRecord] {
    guard hasOwnCalibration || isNarrowed else { return Array(exits) }
    return exits.map { exit in
      var exit = exit
      (exit.threshold, exit.calibrated, exit.signal) = (0, false, .maxProbability)
      return exit
    }
  }

  /// Files that a bundle shares with the model must be identical.
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
