import CleaveModel
import CleaveStorage

/// The weights and metadata of a GGUF file for one artifact: the reverse of `GGUFCheckpoint` and
/// `GGUFConfiguration`.
struct GGUFContents {
  let exported: ExportedModel
  let format: GGUFFormat

  var artifact: Artifact { exported.artifact }
  var exit: ExitRecord? { exported.exit }
  var configuration: ModelConfiguration { exported.configuration }

  /// - Throws: `InputError` if the artifact's role or exits allow no such export, or if llama.cpp
  ///   does not know the model's family.
  init(_ artifact: Artifact, exit depth: Int?) throws {
    guard artifact.manifest.role != .cloud else {
      throw InputError(
        file: artifact.path, location: "role", found: "cloud", expected: "model or edge",
        advice: "A cloud bundle has no tokenizer: export the model.")
    }
    exported = try ExportedModel(artifact, exit: depth)
    let architecture = exported.configuration.architecture
    guard let format = Family.named(architecture)?.gguf else {
      throw InputError(
        file: artifact.path, location: "configuration.architecture", found: architecture,
        expected: "a family that cleave writes GGUF files of: "
          + Family.all.filter { $0.gguf != nil }.map(\.name).joined(separator: ", "))
    }
    self.format = format
  }
}
