import CleaveModel

/// What two bundles must be to be the two halves of one model, judged from manifests alone.
struct StructureCheck {
  let edge: Manifest
  let cloud: Manifest
  let model: Manifest

  /// Everything that is wrong, in words; empty when nothing is.
  func faults() -> [String] {
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
    guard edge.exits == model.exits else {
      return ["the edge bundle's exits differ from the model's"]
    }
    guard !edge.exits.isEmpty else { return ["the edge bundle has no exits"] }
    let plan = SplitPlan(
      blockCount: model.configuration.blockCount, edge: edge.blocks, cloud: cloud.blocks)
    return plan.fault(exits: edge.exits).map { [$0] } ?? []
  }

  /// Every file a bundle shares with the model must be the model's, byte for byte.
  private func fileFaults(_ bundle: Manifest, _ name: String) -> [String] {
    bundle.files.compactMap { file in
      guard let original = model.file(file.path) else {
        return "\(file.path) of the \(name) bundle is not in the model"
      }
      return original == file
        ? nil : "\(file.path) of the \(name) bundle differs from the model's"
    }
  }
}
