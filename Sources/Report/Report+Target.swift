import CleaveModel
import CleaveStorage

extension Report {
  /// Where the report of an artifact stands when nobody says: `ARTIFACT.report.html` beside it.
  package static func defaultPath(of artifact: String) -> String {
    var path = artifact[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    // What "." is called is known only where it leads.
    let name = path.split(separator: "/").last
    if name == nil || name == "." || name == ".." {
      path = (FileSystem.resolved(String(path)) ?? String(path))[...]
    }
    return "\(path).report.html"
  }

  /// Writes the page beside the target and renames it into place.
  ///
  /// - Parameters:
  ///   - target: nil for `defaultPath`. A report that stands there is replaced.
  ///   - force: replaces any other file too.
  /// - Returns: where it stands, and its digest.
  /// - Throws: `InputError` for a target that may not be replaced or lies in an artifact, `OutputError`
  ///   where it cannot be written.
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

  /// Refuses a target that stands there and is no report: for those who write one after long work.
  package static func check(_ target: String) throws {
    guard FileSystem.exists(target), !isReport(target) else { return }
    throw InputError(
      file: target, found: "a file that is no report", expected: "a report, or nothing",
      advice: "Move it away, or choose another output.")
  }

  /// How every report begins, of whatever version.
  static let marker = "<!doctype html>\n<!-- cleave report"

  static func isReport(_ path: String) -> Bool {
    let wanted = Array(marker.utf8)
    guard let file = try? RandomAccessFile(path: path), file.count >= wanted.count else {
      return false
    }
    return (try? file.read(UInt8.self, at: 0, count: wanted.count)) == wanted
  }
}
