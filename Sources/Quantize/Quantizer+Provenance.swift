import CleaveModel
import CleaveStorage

extension Quantizer {
  /// The manifest of the new model: other bytes give another model ID, and none of the exits is
  /// calibrated on it.
  func manifest(of prepared: PreparedQuantization, files: [FileRecord]) throws -> Manifest {
    var manifest = prepared.artifact.manifest
    manifest.modelID = ModelIdentity.id(configuration: manifest.configuration, files: files)
    for index in manifest.exits.indices { manifest.exits[index].calibrated = false }
    manifest.provenance.append(try step(prepared))
    return manifest
  }

  private func step(_ prepared: PreparedQuantization) throws -> ProvenanceStep {
    var inputs = [
      ProvenanceStep.Input(
        name: ArtifactLayout.manifest, digest: try prepared.artifact.manifestDigest())
    ]
    if let importance = prepared.importance {
      inputs.append(.init(name: FileSystem.name(of: importance.path), digest: importance.digest))
    }
    var values =
      goalSettings(prepared) + [
        (name: "effort", value: settings.effort.rawValue),
        (name: "allow_requantize", value: "\(settings.allowRequantize)"),
      ]
    if let text = settings.text, let digest = prepared.textDigest {
      inputs.append(.init(name: FileSystem.name(of: text.path), digest: digest))
      values += [
        (name: "windows", value: "\(text.windows)"),
        (name: "window_length", value: "\(text.windowLength)"),
      ]
    }
    for (index, override) in settings.overrides.enumerated() {
      values.append((name: "tensor_\(index)", value: override.text))
    }
    return ProvenanceStep(step: "quantize", inputs: inputs, settings: values)
  }

  /// The recipe, or the number of bits and the types allocated for it.
  private func goalSettings(
    _ prepared: PreparedQuantization
  ) -> [(name: String, value: String)] {
    switch settings.goal {
    case .recipe(let recipe): [(name: "recipe", value: recipe.rawValue)]
    case .bitsPerWeight(let bits, let types):
      [
        (name: "target_bpw", value: "\(bits)"),
        (name: "types", value: types.map(\.rawValue).joined(separator: ",")),
      ]
        + (prepared.allocation?.choices ?? []).map {
          (
            name: "allocation \($0.name)",
            value: "\($0.type.rawValue), divergence \($0.divergence) as \($0.probe.rawValue)"
          )
        }
    }
  }
}
