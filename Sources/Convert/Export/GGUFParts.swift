import CleaveModel
import CleaveStorage

/// Which weights of an artifact go into a GGUF file, and what its metadata says of them: the reverse of
/// `GGUFCheckpoint` and `GGUFConfiguration`.
struct GGUFParts {
  let parts: ModelParts
  let form: GGUFForm

  var artifact: Artifact { parts.artifact }
  var exit: ExitRecord? { parts.exit }
  var configuration: ModelConfiguration { parts.configuration }

  /// - Throws: `InputError` for a role or an exit that there is no such model of, and for a family that
  ///   llama.cpp does not know.
  init(_ artifact: Artifact, exit depth: Int?) throws {
    guard artifact.manifest.role != .cloud else {
      throw InputError(
        file: artifact.path, location: "role", found: "cloud", expected: "model or edge",
        advice: "A cloud bundle has no tokenizer and no first blocks: export the model.")
    }
    parts = try ModelParts(artifact, exit: depth)
    let architecture = parts.configuration.architecture
    guard let form = Family.named(architecture)?.gguf else {
      throw InputError(
        file: artifact.path, location: "configuration.architecture", found: architecture,
        expected: "a family that llama.cpp knows: \(Family.names)")
    }
    self.form = form
  }
}
