import CleaveStorage
import CleaveText

/// An open artifact directory: its manifest is read and checked, and its files are there with the sizes
/// that the manifest gives. Contents are checked by `damagedFiles`, which reads every byte.
package struct Artifact: Sendable {
  package let path: String
  package let manifest: Manifest
  /// The number of exits that are not used, the deepest of the bundle.
  package let unusedExits: Int
  /// Files that only these exits need, and that are not there.
  package let missing: [String]
  /// Every file that the manifest on the disk lists, used or not.
  private let listed: Set<String>

  /// The largest manifest that is read, in bytes.
  package static let largestManifest = 1 << 26

  /// Opens an artifact, or an edge bundle up to one of its exits: files that only deeper exits need are not
  /// looked at, and may be missing.
  ///
  /// - Parameter depth: of the last exit to be used; nil for all that the artifact holds.
  /// - Throws: `InputError` for a directory that is no artifact, or lacks a file, or has no exit there.
  package init(opening path: String, upToExit depth: Int? = nil) throws {
    self.path = path
    let whole = try Self.manifest(of: path)
    listed = Set(whole.files.map(\.path))
    manifest = try depth.map { try whole.upToExit(at: $0, file: path) } ?? whole
    unusedExits = whole.exits.count - manifest.exits.count
    let needed = Set(manifest.files.map(\.path))
    missing = whole.files.map(\.path).filter {
      !needed.contains($0) && !FileSystem.exists("\(path)/\($0)")
    }
    for record in manifest.files {
      let file = "\(path)/\(record.path)"
      let size = try MappedFile.size(of: file)
      guard size == record.digest.bytes else {
        throw InputError(
          file: file, found: "\(size) bytes",
          expected: "\(record.digest.bytes), as the manifest says")
      }
    }
  }

  /// Reads the manifest of an artifact, and looks at nothing else.
  ///
  /// - Throws: `InputError` for a directory that is no artifact.
  package static func manifest(of path: String) throws -> Manifest {
    guard FileSystem.isDirectory(path) else {
      throw InputError(
        file: path, found: FileSystem.exists(path) ? "a file" : "nothing there",
        expected: "an artifact directory, as `cleave import` makes one")
    }
    guard FileSystem.exists("\(path)/\(ArtifactLayout.manifest)") else {
      throw InputError(
        file: path, found: "no \(ArtifactLayout.manifest)", expected: "an artifact directory",
        advice: "A checkpoint is made into one by `cleave import`.")
    }
    return try Manifest(
      try FileSystem.readJSON("\(path)/\(ArtifactLayout.manifest)", limit: largestManifest))
  }

  package func require(role: Manifest.Role) throws {
    guard manifest.role == role else {
      throw InputError(
        file: path, location: "role", found: manifest.role.rawValue, expected: role.rawValue)
    }
  }

  /// The digest of the manifest, which names every other file by its hash.
  package func manifestDigest() throws -> FileDigest {
    try FileDigest(ofFile: "\(path)/\(ArtifactLayout.manifest)")
  }

  /// The tokenizer, read from its compiled tables where the artifact has them: they need no parsing, while
  /// a tokenizer.json takes longer to read than everything else.
  package func tokenizer() throws -> Tokenizer {
    try compiledTokenizer() ?? Tokenizer(tokenizerJSON())
  }

  /// The tokenizer of the compiled tables; nil in an older artifact, which has none.
  package func compiledTokenizer() throws -> Tokenizer? {
    guard manifest.file(ArtifactLayout.compiledTokenizer) != nil,
      let source = manifest.file(ArtifactLayout.tokenizer)
    else { return nil }
    return try Tokenizer(
      compiled: MappedFile(path: "\(path)/\(ArtifactLayout.compiledTokenizer)"),
      madeFrom: source.digest)
  }

  package func tokenizerJSON() throws -> JSONNode {
    try FileSystem.readJSON("\(path)/\(ArtifactLayout.tokenizer)")
  }

  /// Reads the tensors of one weight file by name and checks its header against the manifest.
  package func tensors(in relative: String) throws -> [String: Tensor] {
    guard let record = manifest.file(relative) else {
      throw InputError(
        file: path, location: "files", found: "no \(relative)",
        expected: "an artifact that holds these weights")
    }
    return try Self.tensors(of: record, at: "\(path)/\(relative)")
  }

  /// Reads the tensors of a weight file and checks its header against its record.
  static func tensors(of record: FileRecord, at path: String) throws -> [String: Tensor] {
    let file = try SafetensorsFile(path: path)
    guard file.entries.count == record.tensors.count else {
      throw InputError(
        file: file.file.path, location: "header", found: "\(file.entries.count) tensors",
        expected: "\(record.tensors.count), as the manifest says")
    }
    var tensors: [String: Tensor] = [:]
    for (entry, tensor) in zip(file.entries, record.tensors) {
      guard entry.name == tensor.name, entry.dtype == tensor.stored.dtype,
        entry.shape == tensor.stored.shape
      else {
        throw InputError(
          file: file.file.path, location: "header",
          found: "\(entry.name) \(entry.dtype.rawValue) \(entry.shape)",
          expected: "\(tensor.name) \(tensor.stored.dtype.rawValue) \(tensor.stored.shape)")
      }
      tensors[tensor.name] = try Tensor(
        name: tensor.name, type: tensor.type, shape: tensor.shape, file: file.file,
        range: entry.range)
    }
    return tensors
  }

  /// Reads every file; returns those whose SHA-256 is not the manifest's.
  ///
  /// - Parameter progress: called with the bytes of each piece read.
  package func damagedFiles(progress: (Int) -> Void = { _ in }) throws -> [String] {
    try manifest.files.filter { try isDamaged($0, progress: progress) }.map(\.path)
  }

  /// Whether a file's SHA-256 is not the manifest's; reads it whole.
  package func isDamaged(
    _ record: FileRecord, progress: (Int) -> Void = { _ in }
  ) throws -> Bool {
    try FileDigest(ofFile: "\(path)/\(record.path)", progress: progress) != record.digest
  }

  /// Paths, relative to the artifact, of everything in it that its manifest does not list and that is neither its signature
  /// nor a document about it, in order.
  /// Links are not followed.
  package func strayEntries() throws -> [String] {
    let files = listed.union(
      [ArtifactLayout.manifest, ArtifactLayout.signature] + ArtifactLayout.documents)
    let directories = Set(files.map(FileSystem.parent))
    var strays: [String] = []
    func visit(_ directory: String) throws {
      for name in try FileSystem.entries(of: "\(path)/\(directory)") {
        let entry = directory.isEmpty ? name : "\(directory)/\(name)"
        if !files.contains(entry), !directories.contains(entry) { strays.append(entry) }
        if FileSystem.kind("\(path)/\(entry)") == .directory { try visit(entry) }
      }
    }
    try visit("")
    return strays
  }
}
