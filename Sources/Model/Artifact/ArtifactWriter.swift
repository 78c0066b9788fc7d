import CSystem
import Glibc

/// Makes an artifact beside its target and renames it into place at the end: whoever looks sees the
/// old directory or the new one, never half.
public final class ArtifactWriter {
  private let target: String
  private let staging: String
  private let force: Bool
  private var records: [FileRecord] = []
  private var finished = false

  /// Refuses, before any work: a target that exists (unless `force`, and then only an artifact is
  /// replaced), and a target inside one of the sources or the other way round.
  public init(target: String, sources: [String], force: Bool) throws {
    let parent = FileSystem.parent(of: target)
    guard let resolvedParent = FileSystem.resolved(parent) else {
      throw InputError(file: parent, found: "nothing there", expected: "a directory to write into")
    }
    guard let name = target.split(separator: "/").last, name != ".", name != ".." else {
      throw InputError(file: target, found: "no name", expected: "a new directory's name")
    }
    self.target = (resolvedParent == "/" ? "" : resolvedParent) + "/\(name)"
    self.force = force
    try Self.refuseNesting(target: self.target, sources: sources)
    try Self.refuseExisting(target: self.target, shown: target, force: force)
    try Self.removeLeftovers(parent: resolvedParent, name: String(name))
    staging = "\(resolvedParent)/.\(name).staging-\(getpid())"
    try FileSystem.createDirectory(staging)
  }

  deinit {
    // Best effort: an error is already on its way to the person, and a leftover is removed next time.
    if !finished { try? FileSystem.removeTree(staging) }
  }

  /// Writes a safetensors file of these tensors.
  public func write(_ tensors: [WeightSource], to path: String) throws {
    try prepareDirectory(of: path)
    let (records, digest) = try SafetensorsFile.write(tensors, to: "\(staging)/\(path)")
    self.records.append(FileRecord(path: path, digest: digest, tensors: records))
  }

  public func write(_ bytes: [UInt8], to path: String) throws {
    try prepareDirectory(of: path)
    var sink = try FileSink(creating: "\(staging)/\(path)")
    try sink.write(bytes)
    records.append(FileRecord(path: path, digest: try sink.finish()))
  }

  /// Takes a file over from another artifact: a hard link, or a checked copy on another file system.
  public func link(_ path: String, from artifact: Artifact) throws {
    guard let record = artifact.manifest.file(path) else {
      throw InputError(file: artifact.path, found: "no \(path)", expected: "that file")
    }
    try prepareDirectory(of: path)
    let source = "\(artifact.path)/\(path)"
    // Following: a link to a link would dangle when its text is relative.
    if linkat(AT_FDCWD, source, AT_FDCWD, "\(staging)/\(path)", AT_SYMLINK_FOLLOW) != 0 {
      guard [EXDEV, EPERM, EMLINK, ENOTSUP].contains(errno) else {
        throw OutputError(path: "\(target)/\(path)", reason: systemMessage())
      }
      try copy(source, to: path, expecting: record.digest)
    }
    records.append(record)
  }

  /// The files written so far, in path order.
  public var files: [FileRecord] { records.sorted { $0.path < $1.path } }

  /// Writes the manifest with these files and puts the artifact in place.
  ///
  /// - Returns: the manifest as written.
  public func finish(_ manifest: Manifest) throws -> Manifest {
    var manifest = manifest
    manifest.files = files
    try manifest.validate(file: "\(target)/\(ArtifactLayout.manifest)")
    let text = Array((manifest.json.text() + "\n").utf8)
    guard text.count <= Artifact.largestManifest else {
      throw OutputError(
        path: "\(target)/\(ArtifactLayout.manifest)",
        reason: "\(text.count) bytes, more than the \(Artifact.largestManifest) that are read back")
    }
    var sink = try FileSink(creating: "\(staging)/\(ArtifactLayout.manifest)")
    try sink.write(text)
    _ = try sink.finish()
    for directory in ArtifactLayout.directories {
      FileSystem.synchronizeDirectory("\(staging)/\(directory)")
    }
    FileSystem.synchronizeDirectory(staging)
    try putInPlace()
    return manifest
  }
}

// MARK: - The target

extension ArtifactWriter {
  private func putInPlace() throws {
    if cleave_rename_exclusively(staging, target) == 0 {
      finished = true
    } else if errno == EEXIST, force {
      // Again: the work between took minutes, and another may stand there now.
      try Self.refuseExisting(target: target, shown: target, force: force)
      guard cleave_exchange_paths(staging, target) == 0 else {
        throw OutputError(path: target, reason: systemMessage())
      }
      finished = true
      try FileSystem.removeTree(staging)  // now the old artifact
    } else {
      throw OutputError(path: target, reason: systemMessage())
    }
    FileSystem.synchronizeDirectory(FileSystem.parent(of: target))
  }

  private static func refuseNesting(target: String, sources: [String]) throws {
    // The target itself may be a link or not exist; its parent was resolved.
    let resolvedTarget = FileSystem.resolved(target) ?? target
    for source in sources {
      guard let resolved = FileSystem.resolved(source) else { continue }
      if "\(resolvedTarget)/".hasPrefix("\(resolved)/")
        || "\(resolved)/".hasPrefix("\(resolvedTarget)/")
      {
        throw InputError(
          file: target, found: "a target that holds, or is inside, the source \(source)",
          expected: "a directory apart from the sources")
      }
    }
  }

  private static func refuseExisting(target: String, shown: String, force: Bool) throws {
    guard FileSystem.exists(target) else { return }
    guard force else {
      throw InputError(
        file: shown, found: "something there already", expected: "a new directory's name",
        advice: "Use --force to replace it.")
    }
    guard isArtifact(target) else {
      throw InputError(
        file: shown, found: "something that is not an artifact", expected: "an artifact to replace",
        advice: "--force replaces only artifacts; remove it by hand if you mean it.")
    }
  }

  /// Whether the manifest calls itself ours, of whatever version. The file's name alone says little:
  /// a web application has a manifest.json too.
  private static func isArtifact(_ path: String) -> Bool {
    let file = "\(path)/\(ArtifactLayout.manifest)"
    let manifest = try? FileSystem.readJSON(file, limit: Artifact.largestManifest)
    return (try? manifest?.required("schema").string()) == Manifest.schema
  }

  /// Removes what killed processes left of the same target.
  private static func removeLeftovers(parent: String, name: String) throws {
    let prefix = ".\(name).staging-"
    for entry in try FileSystem.entries(of: parent) where entry.hasPrefix(prefix) {
      guard let process = Int32(entry.dropFirst(prefix.count)), process > 0 else { continue }
      if process == getpid() || (kill(process, 0) != 0 && errno == ESRCH) {
        try FileSystem.removeTree("\(parent)/\(entry)")
      }
    }
  }

  private func prepareDirectory(of path: String) throws {
    let parent = FileSystem.parent(of: path)
    if parent != "." { try FileSystem.createDirectory("\(staging)/\(parent)") }
  }

  private func copy(_ source: String, to path: String, expecting digest: FileDigest) throws {
    let file = try MappedFile(path: source)
    var sink = try FileSink(creating: "\(staging)/\(path)")
    try file.withBytes(0..<file.count) { try sink.write($0) }
    let written = try sink.finish()
    guard written == digest else {
      throw InputError(
        file: source, found: "SHA-256 \(written.sha256)",
        expected: "\(digest.sha256), as its manifest says")
    }
  }
}
