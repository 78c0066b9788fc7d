import CleaveModel
import CleaveStorage

extension Report {
  /// The default path of an artifact's report: `ARTIFACT.report.html` beside it.
  package static func defaultPath(of artifact: String) -> String {
    var path = artifact[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    // The names behind "." and ".." are known only after resolving the path.
    let name = path.split(separator: "/").last
    if name == nil || name == "." || name == ".." {
      path = (FileSystem.resolved(String(path)) ?? String(path))[...]
    }
    return "\(path).report.html"
  }

  /// Writes the page beside the target and renames it into place.
  ///
  /// - Parameters: - target: the path to write; nil for `defaultPath`. An existing report is
  ///   replaced. - force: whether to replace any other file too.
  /// - Returns: the path written and the file's digest.
  /// - Throws: `InputError` if the target may not be replaced or lies in an artifact, `OutputError`
  ///   if it cannot be written.
  @discardableResult
  package func write(
    to target: String? = nil, force: Bool = false
  ) throws -> (path: String, digest: FileDigest) {
    let target = target ?? Self.defaultPath(of: artifact.path)
    let page = Array(html.utf8)
    let digest = try StagedOutput.writeFile(
      target, sources: [artifact.path], format: .file(replaces: { force || Self.isReport($0) }),
      force: force || Self.isReport(target)
    ) { try $0.write(page) }
    return (target, digest)
  }

  /// Checks before long work that the target is free or holds a report.
  ///
  /// - Throws: `InputError` if another file is there.
  package static func check(_ target: String) throws {
    guard FileSystem.exists(target), !isReport(target) else { return }
    throw InputError(
      file: target, found: "a file that is not a report", expected: "a report, or no file",
      advice: "Move it away, or choose another output.")
  }

  /// The beginning of each report, whatever its version.
  static let marker = "<!doctype html>\n<!-- cleave report"

  static func isReport(_ path: String) -> Bool {
    let wanted = Array(marker.utf8)
    guard let file = try? RandomAccessFile(path: path), file.count >= wanted.count else {
      return false
    }
    return (try? file.read(UInt8.self, at: 0, count: wanted.count)) == wanted
  }
}
