/// A file or directory that is written beside its target and renamed into place when it is whole:
/// whoever looks at the target sees the old output or the new one, never half of either. What is staged
/// is removed with this value unless it was published, and when a signal ends the process; what a
/// killed process left is removed when the same target is staged again.
package final class StagedOutput {
  let target: OutputTarget
  /// The path that is written to until the output is published.
  package let path: String
  let registry: StagingRegistry
  private var lock: FileLock?
  /// The open file of a file output, until it is written.
  private var file: FileSink?
  private var subdirectories: Set<String> = []
  private var placement = Placement()

  /// - Parameters:
  ///   - shown: the target, as the person named it.
  ///   - sources: paths that the target must be apart from.
  ///   - force: replace what stands at the target where the format allows it.
  ///   - registry: another than the process's own, for tests that abandon everything.
  /// - Throws: `InputError` for a target that must not be written to, `OutputError` where nothing can
  ///   be made beside it.
  package init(
    _ shown: String, sources: [String], format: OutputFormat, force: Bool,
    registry: StagingRegistry = .shared
  ) throws {
    let target = try OutputTarget(shown, sources: sources, format: format, force: force)
    self.target = target
    self.registry = registry
    Self.removeLeftovers(of: target)
    switch format.shape {
    case .directory:
      (path, lock) = try registry.register(for: shown) { try Self.makeDirectory(for: target) }
    case .file:
      // Opened inside, where no signal can come between making the file and noting it.
      var made: FileSink?
      (path, lock) = try registry.register(for: shown) {
        try Self.makeFile(for: target, into: &made)
      }
      file = made.take()
    }
  }

  deinit {
    // Descriptors that are not needed any more go first: removing a directory needs one, and there may be no other.
    file = nil
    lock = nil
    // Best effort: an error is already on its way to the person, and a leftover is removed next time.
    try? FileSystem.removeTree(path)
    registry.deregister(path)
  }

  /// Whether a directory entry has the name of something staged for a target called `name`.
  package static func isStagingName(_ entry: String, of name: String) -> Bool {
    OutputTarget.isStagingName(entry, of: name)
  }
}

// MARK: Writing

extension StagedOutput {
  /// Writes the contents of a file output, once, and flushes them to the disk. Its lock ends with that, so that the
  /// parts of a file that wait to be published together need no descriptor each; until then another process that
  /// writes the same target would take it for a leftover, and this one's publication fail.
  package func write(_ body: (inout FileSink) throws -> Void) throws -> FileDigest {
    guard var sink = file.take() else { preconditionFailure("not a file, or written already") }
    try body(&sink)
    defer { lock = nil }
    return try sink.finish(isSealed: false)
  }

  /// Makes a new file inside a directory output. The caller finishes it before publishing.
  ///
  /// - Parameter name: relative to the output; a subdirectory in it is made when it is not there.
  package func create(_ name: String) throws -> FileSink {
    try FileSink(creating: preparedPath(of: name))
  }

  /// The path at which a file of a directory output is to be made, its subdirectory made already.
  package func preparedPath(of name: String) throws -> String {
    let parent = FileSystem.parent(of: name)
    if parent != "." {
      try FileSystem.createDirectory("\(path)/\(parent)")
      subdirectories.insert(parent)
    }
    return "\(path)/\(name)"
  }

  /// The path that a file of a directory output has once it is published, as errors show it.
  package func shownPath(of name: String) -> String { "\(target.path)/\(name)" }

  /// Makes the entries of a directory output survive a power cut.
  func synchronize() {
    guard target.format.shape == .directory else { return }
    for directory in subdirectories { FileSystem.synchronizeDirectory("\(path)/\(directory)") }
    FileSystem.synchronizeDirectory(path)
  }
}

// MARK: Placing

extension StagedOutput {
  /// - Parameter isReversible: whether `takeBack` must be able to undo it.
  func putInPlace(isReversible: Bool) throws {
    try placement.put(path, at: target, isReversible: isReversible)
  }

  func takeBack() { placement.takeBack(path, from: target) }

  /// Ends a publication that succeeded: removes what was replaced.
  func settle() throws {
    FileSystem.synchronizeDirectory(target.parent)
    try FileSystem.removeTree(path)
    placement = Placement()
  }
}
