import CleaveStorage

extension ExitTrace {
  /// The longest trace that is read: some ten million tokens of two exits.
  private static let largestFile = 1 << 30

  /// Reads a trace from a file.
  package init(path: String) throws {
    try self.init(FileSystem.readJSON(path, limit: Self.largestFile))
  }

  /// Checks before long work that a target is free, or holds a trace.
  ///
  /// - Throws: `InputError` if another file is there.
  package static func check(target path: String) throws {
    guard FileSystem.exists(path), !isTrace(path) else { return }
    throw InputError(
      file: path, found: "a file that is not a trace of exits", expected: "a trace, or no file",
      advice: "Move it away, or choose another file.")
  }

  /// Writes the trace beside its target and renames it into place. Another trace there is replaced.
  ///
  /// - Parameter sources: the paths of what it was made from, which it must not replace.
  package func write(to path: String, sources: [String]) throws {
    try Self.check(target: path)
    let text = Array(json.text(pretty: false).utf8)
    try StagedOutput.writeFile(
      path, sources: sources, format: .file(replaces: Self.isTrace), force: true
    ) { try $0.write(text) }
  }

  /// Whether the file at a path begins as a trace does.
  private static func isTrace(_ path: String) -> Bool {
    guard let file = try? RandomAccessFile(path: path) else { return false }
    let count = min(file.count, 128)
    guard let start = try? file.read(UInt8.self, at: 0, count: count) else { return false }
    return String(decoding: start, as: UTF8.self).contains("\"\(schema)\"")
  }
}
