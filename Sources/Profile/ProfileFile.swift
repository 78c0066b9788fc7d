import CleaveModel
import CleaveStorage

/// The file of a profile.
package enum ProfileFile {
  /// - Parameter force: replace an earlier profile; nothing else is replaced.
  package static func write(_ profile: JSON, to path: String, force: Bool) throws {
    try StagedOutput.writeFile(
      path, sources: [], format: .file(replaces: isProfile), force: force
    ) { try $0.write(Array((profile.text() + "\n").utf8)) }
  }

  @Sendable private static func isProfile(_ path: String) -> Bool {
    let node = try? FileSystem.readJSON(path, limit: 1 << 24)
    let schema = try? node?.required("schema").string()
    return [DeviceProfile.schema, LinkProfile.schema].contains(schema ?? "")
  }
}
