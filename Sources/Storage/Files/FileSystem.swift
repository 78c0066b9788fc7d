import SystemPackage

/// The operations on files and directories that the tools need, with errors that name the path.
package enum FileSystem {
  package static func exists(_ path: String) -> Bool { kind(path) != nil }

  /// Whether a directory is at the path, links followed.
  package static func isDirectory(_ path: String) -> Bool {
    (try? Stat(path))?.type == .directory
  }

  /// The kind of what stands at the path itself, links not followed; nil when nothing does.
  package static func kind(_ path: String) -> FileType? {
    (try? Stat(path, followTargetSymlink: false))?.type
  }

  package static func isLink(_ path: String) -> Bool { kind(path) == .symbolicLink }
}
