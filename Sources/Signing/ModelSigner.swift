import CleaveModel
import CleaveStorage

/// The signing of artifacts: a detached signature over all their files, `model.sig`, in the OpenSSF Model Signing format.
package struct ModelSigner {
  /// What was signed.
  package struct Outcome: Sendable {
    package let path: String
    package let files: Int
    package let bytes: Int
    /// The SHA-256 of the public key in PEM.
    package let key: String
  }

  private let artifact: Artifact
  private let key: SigningKey
  /// Called with the bytes hashed and in all.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  package init(_ artifact: Artifact, key: SigningKey) {
    self.artifact = artifact
    self.key = key
  }

  /// Hashes every file and writes the signature beside them. One that is there is replaced.
  ///
  /// - Throws: `InputError` for a file whose digest is not the manifest's: a damaged artifact is not signed.
  package func sign() throws -> Outcome {
    let directory = artifact.path
    let names = try ModelFiles.list(directory, ignoring: ModelStatement.standardIgnored)
    let total = try ModelFiles.bytes(of: names, in: directory)
    var bytes = 0
    let resources = try names.map { name in
      let digest = try FileDigest(ofFile: "\(directory)/\(name)") {
        bytes += $0
        progress(bytes, total)
      }
      try check(name, digest)
      return ModelStatement.Resource(name: name, sha256: digest.sha256)
    }
    let statement = ModelStatement(
      name: FileSystem.name(of: directory), resources: resources,
      ignored: ModelStatement.standardIgnored)
    let file = try SignatureFile(statement, key: key)
    let path = "\(directory)/\(ArtifactLayout.signature)"
    let text = Array(file.json.text().utf8)
    try StagedOutput.writeFile(path, sources: [], format: .signature, force: true) {
      try $0.write(text)
    }
    return Outcome(path: path, files: names.count, bytes: bytes, key: key.trusted.hint)
  }

  private func check(_ name: String, _ digest: FileDigest) throws {
    guard let record = artifact.manifest.file(name), record.digest != digest else { return }
    throw InputError(
      file: "\(artifact.path)/\(name)", found: "SHA-256 \(digest.sha256)",
      expected: "\(record.digest.sha256), as the manifest says",
      advice: "The artifact is damaged: make it again before it is signed.")
  }
}

extension OutputFormat {
  /// A signature stands inside the artifact that it is of, and replaces another alone.
  fileprivate static let signature = OutputFormat.file(
    closed: OutputFormat.ClosedDirectories("", plural: "") { _ in false },
    replaces: { (try? SignatureFile(path: $0)) != nil })
}
