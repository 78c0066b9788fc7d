import CleaveStorage
import Glibc

/// Makes an artifact beside its target and renames it into place at the end: whoever looks sees the
/// old directory or the new one, never half.
package final class ArtifactWriter {
  let target: ArtifactTarget
  let staging: StagingDirectory
  private var records: [FileRecord] = []
  private(set) var isSealed = false
  var placement = Placement.none

  /// How the artifact came to stand at its target.
  enum Placement {
    case none
    case new
    /// What stood there before has the staging directory's name now, and is locked.
    case exchanged(DirectoryLock?)
  }

  /// Refuses, before any work: a target that exists (unless `force`, and then only an artifact is
  /// replaced), one inside an artifact, and one inside one of the sources or the other way round.
  package convenience init(target: String, sources: [String], force: Bool) throws {
    try self.init(target: target, sources: sources, force: force, registry: .shared)
  }

  /// - Parameter registry: another than the process's own, for tests that abandon everything.
  package init(
    target: String, sources: [String], force: Bool, registry: StagingRegistry
  ) throws {
    self.target = try ArtifactTarget(target, sources: sources, force: force)
    staging = try StagingDirectory(for: self.target, registry: registry)
  }

  /// Writes a safetensors file of these tensors.
  package func write(_ tensors: [WeightSource], to path: String) throws {
    try prepareDirectory(of: path)
    let (records, digest) = try SafetensorsFile.write(tensors, to: "\(staging.path)/\(path)")
    self.records.append(FileRecord(path: path, digest: digest, tensors: records))
  }

  @discardableResult
  package func write(_ bytes: [UInt8], to path: String) throws -> FileDigest {
    try prepareDirectory(of: path)
    var sink = try FileSink(creating: "\(staging.path)/\(path)")
    try sink.write(bytes)
    let digest = try sink.finish()
    records.append(FileRecord(path: path, digest: digest))
    return digest
  }

  /// Takes over a file that holds no tensors, byte for byte.
  @discardableResult
  package func copy(_ source: String, to path: String) throws -> FileDigest {
    try prepareDirectory(of: path)
    let digest = try copyBytes(of: source, to: path)
    records.append(FileRecord(path: path, digest: digest))
    return digest
  }

  /// Takes a file over from another artifact: a hard link, or a checked copy on another file system.
  package func link(_ path: String, from artifact: Artifact) throws {
    guard let record = artifact.manifest.file(path) else {
      throw InputError(file: artifact.path, found: "no \(path)", expected: "that file")
    }
    try prepareDirectory(of: path)
    let source = "\(artifact.path)/\(path)"
    // Following: a link to a link would dangle when its text is relative.
    if linkat(AT_FDCWD, source, AT_FDCWD, "\(staging.path)/\(path)", AT_SYMLINK_FOLLOW) != 0 {
      guard [EXDEV, EPERM, EMLINK, ENOTSUP].contains(errno) else {
        throw OutputError(path: "\(target.path)/\(path)", reason: systemMessage())
      }
      try copy(source, to: path, expecting: record.digest)
    }
    records.append(record)
  }

  /// The tensors of a file written so far, mapped where it stands now: for stages that go on with what
  /// they have just made.
  package func stagedTensors(in path: String) throws -> [String: Tensor] {
    guard let record = records.first(where: { $0.path == path }) else {
      preconditionFailure("\(path) has not been written")
    }
    return try Artifact.tensors(of: record, at: "\(staging.path)/\(path)")
  }

  /// The files written so far, in path order.
  package var files: [FileRecord] { records.sorted(by: FileRecord.inPathOrder) }

  /// Writes the manifest with these files and flushes everything: what is left is to place it.
  ///
  /// - Returns: the manifest as written.
  package func seal(_ manifest: Manifest) throws -> Manifest {
    var manifest = manifest
    manifest.files = files
    let path = "\(target.path)/\(ArtifactLayout.manifest)"
    try manifest.validate(file: path)
    let text = Array((manifest.json.text() + "\n").utf8)
    guard text.count <= Artifact.largestManifest else {
      throw OutputError(
        path: path,
        reason: "\(text.count) bytes, more than the \(Artifact.largestManifest) that are read back")
    }
    var sink = try FileSink(creating: "\(staging.path)/\(ArtifactLayout.manifest)")
    try sink.write(text)
    _ = try sink.finish()
    for directory in ArtifactLayout.directories {
      FileSystem.synchronizeDirectory("\(staging.path)/\(directory)")
    }
    FileSystem.synchronizeDirectory(staging.path)
    isSealed = true
    return manifest
  }

  private func prepareDirectory(of path: String) throws {
    let parent = FileSystem.parent(of: path)
    if parent != "." { try FileSystem.createDirectory("\(staging.path)/\(parent)") }
  }

  private func copyBytes(of source: String, to path: String) throws -> FileDigest {
    let file = try MappedFile(path: source)
    var sink = try FileSink(creating: "\(staging.path)/\(path)")
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
