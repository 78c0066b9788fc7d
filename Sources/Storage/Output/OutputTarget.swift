/// The path that an output is to stand at, checked before any work is done.
struct OutputTarget {
  /// The target as the person named it.
  let shown: String
  /// The absolute path, links in the parent resolved; the target itself may be a link, which is replaced.
  let path: String
  let parent: String
  let name: String
  let format: OutputFormat
  let force: Bool

  /// - Throws: `InputError` for a target without a name or without a parent directory, one that exists
  ///   and may not be replaced, one inside a closed directory, and one that is, holds or lies in one of
  ///   the sources.
  init(_ shown: String, sources: [String], format: OutputFormat, force: Bool) throws {
    let shape = format.shape.rawValue
    guard let name = shown.split(separator: "/").last, name != ".", name != "..",
      format.shape == .directory || !shown.hasSuffix("/")
    else {
      throw InputError(file: shown, found: "no name", expected: "a new \(shape)'s name")
    }
    for source in sources where FileSystem.overlap(shown, source) {
      throw InputError(
        file: shown, found: "a target that holds, or is inside, the source \(source)",
        expected: "a \(shape) apart from the sources")
    }
    let parent = FileSystem.parent(of: shown)
    guard let resolvedParent = FileSystem.resolved(parent) else {
      throw InputError(file: parent, found: "nothing there", expected: "a directory to write into")
    }
    self.shown = shown
    self.parent = resolvedParent
    self.name = String(name)
    path = Self.path(of: String(name), in: resolvedParent)
    self.format = format
    self.force = force
    try refuseInsideClosedDirectory()
    try refuseExisting()
  }

  private func refuseInsideClosedDirectory() throws {
    var ancestor = parent
    while ancestor != "/", ancestor != "." {
      guard !format.closed.contains(ancestor) else {
        throw InputError(
          file: shown, found: "a target inside the \(format.closed.noun) \(ancestor)",
          expected: "a directory outside of \(format.closed.plural)")
      }
      ancestor = FileSystem.parent(of: ancestor)
    }
  }

  /// Called before the work, and again after it: another process may have put something there by then.
  func refuseExisting() throws {
    guard FileSystem.exists(path) else { return }
    guard force else {
      throw InputError(
        file: shown, found: "something there already",
        expected: "a new \(format.shape.rawValue)'s name", advice: "Use --force to replace it.")
    }
    guard let objection = try format.objection(path) else { return }
    throw InputError(
      file: shown, location: objection.location, found: objection.found,
      expected: objection.expected, advice: objection.advice)
  }
}

// MARK: Staging names

extension OutputTarget {
  private static let suffixLength = 6

  private static func prefix(_ name: String) -> String { ".\(name).staging-" }

  private static func path(of name: String, in parent: String) -> String {
    (parent == "/" ? "" : parent) + "/\(name)"
  }

  /// Whether a directory entry has the name of something staged for a target called `name`.
  static func isStagingName(_ entry: String, of name: String) -> Bool {
    let prefix = prefix(name)
    return entry.hasPrefix(prefix) && entry.utf8.count == prefix.utf8.count + suffixLength
  }

  /// The paths beside the target that have the name of something staged for it.
  var stagedPaths: [String] {
    let entries = (try? FileSystem.entries(of: parent)) ?? []
    return entries.filter { Self.isStagingName($0, of: name) }.map {
      Self.path(of: $0, in: parent)
    }
  }

  /// A path beside the target, with a suffix drawn at random.
  func newStagingPath() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    let suffix = (0..<Self.suffixLength).map { _ in letters[Int.random(in: letters.indices)] }
    return Self.path(of: Self.prefix(name) + String(suffix), in: parent)
  }
}
