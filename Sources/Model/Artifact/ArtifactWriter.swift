import CleaveStorage
import Glibc

/// Writes an artifact file by file as a staged output, which is put in place at the end.
package final class ArtifactWriter {
  let output: StagedOutput
  private let sources: SourceState
  private var records: [FileRecord] = []
  private(set) var isSealed = false

  /// - Parameter registry: another than the process's own, for tests that abandon everything.
  /// - Throws: `InputError`, before any work, for a target that exists (unless `force`, and then only an
  ///   artifact is replaced), one inside an artifact, and one that is, holds or lies in one of the sources.
  package init(
    target: String, sources: [String], force: Bool, registry: StagingRegistry = .shared
  ) throws {
    output = try StagedOutput(
      target, sources: sources, format: .artifact, force: force, registry: registry)
    self.sources = SourceState(of: sources)
  }

  /// Writes a safetensors file of these tensors.
  package func write(_ tensors: [WeightSource], to path: String) throws {
    try write([(path: path, tensors: tensors)])
  }

  /// Writes safetensors files of these tensors at once.
  package func write(_ files: [(path: String, tensors: [WeightSource])]) throws {
    let staged = try files.map {
      (path: try output.preparedPath(of: $0.path), tensors: $0.tensors)
    }
    let written = try FilesAtOnce.map(staged) {
      try SafetensorsFile.write($0.tensors, to: $0.path)
    }
    for (file, (tensors, digest)) in zip(files, written) {
      records.append(FileRecord(path: file.path, digest: digest, tensors: tensors))
    }
  }

  @discardableResult
  package func write(_ bytes: [UInt8], to path: String) throws -> FileDigest {
    var sink = try output.create(path)
    try sink.write(bytes)
    let digest = try sink.finish()
    records.append(FileRecord(path: path, digest: digest))
    return digest
  }

  /// Copies a file that holds no tensors, byte for byte.
  @discardableResult
  package func copy(_ source: String, to path: String) throws -> FileDigest {
    let digest = try copyBytes(of: source, to: path)
    records.append(FileRecord(path: path, digest: digest))
    return digest
  }

  /// Takes a file over from another artifact: a hard link, or a checked copy on another file system.
  package func link(_ path: String, from artifact: Artifact) throws {
    guard let record = artifact.manifest.file(path) else {
      throw InputError(
        file: artifact.path, found: "no \(path)", expected: "an artifact with that file")
    }
    let source = "\(artifact.path)/\(path)"
    // Following: a link to a link would dangle when its text is relative.
    let staged = try output.preparedPath(of: path)
    if linkat(AT_FDCWD, source, AT_FDCWD, staged, AT_SYMLINK_FOLLOW) != 0 {
      guard [EXDEV, EPERM, EMLINK, ENOTSUP].contains(errno) else {
        throw OutputError(path: output.shownPath(of: path), reason: systemMessage())
      }
      try copy(source, to: path, expecting: record.digest)
    }
    records.append(record)
  }

  /// The tensors of a file written so far, mapped from the staged output, for stages that go on with what
  /// they have just made.
  package func stagedTensors(in path: String) throws -> [String: Tensor] {
    guard let record = records.first(where: { $0.path == path }) else {
      preconditionFailure("\(path) has not been written")
    }
    return try Artifact.tensors(of: record, at: "\(output.path)/\(path)")
  }

  /// The files written so far, in path order.
  package var files: [FileRecord] { records.sorted(by: FileRecord.inPathOrder) }

  /// Writes the manifest with these files: what is left is to publish the artifact.
  ///
  /// - Returns: the manifest as written.
  /// - Throws: `InputError` where a source changed since the writer was made, or the manifest does not hold together.
  package func seal(_ manifest: Manifest) throws -> Manifest {
    try sources.requireUnchanged()
    var manifest = manifest
    manifest.files = files
    let path = output.shownPath(of: ArtifactLayout.manifest)
    try manifest.validate(file: path)
    let text = Array((manifest.json.text() + "\n").utf8)
    guard text.count <= Artifact.largestManifest else {
      throw OutputError(
        path: path,
        reason: "\(text.count) bytes, more than the \(Artifact.largestManifest) that are read back")
    }
    var sink = try output.create(ArtifactLayout.manifest)
    try sink.write(text)
    _ = try sink.finish()
    isSealed = true
    return manifest
  }

  private func copyBytes(of source: String, to path: String) throws -> FileDigest {
    let file = try MappedFile(path: source)
    var sink = try output.create(path)
    try file.withBytes(0..<file.count) { try sink.write($0) }
    return try sink.finish()
  }

  private func copy(_ source: String, to path: String, expecting digest: FileDigest) throws {
    let written = try copyBytes(of: source, to: path)
    guard written == digest else {
      throw InputError(
        file: source, found: "SHA-256 \(written.sha256)",
        expected: "\(digest.sha256), as its manifest says")
    }
  }
}
