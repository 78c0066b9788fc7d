import Glibc
import SystemPackage

extension FileSystem {
  /// Makes a directory; one that is there already is no error.
  package static func createDirectory(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw OutputError(path: path, reason: systemMessage())
    }
  }

  /// The names of a directory's entries, "." and ".." left out, sorted.
  package static func entries(of directory: String) throws -> [String] {
    guard let handle = opendir(directory) else {
      throw InputError.unreadable(directory, systemMessage(), expected: "a readable directory")
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes whatever stands there; links are removed, not followed. What vanishes meanwhile is no
  /// error: another may be removing the same tree.
  package static func removeTree(_ path: String) throws {
    guard let kind = kind(path) else { return }
    let isDirectory = kind == .directory
    if isDirectory {
      do {
        for name in try entries(of: path) { try removeTree("\(path)/\(name)") }
      } catch is InputError where !exists(path) {
        return
      }
    }
    guard (isDirectory ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT else {
      throw OutputError(path: path, reason: systemMessage())
    }
  }

  /// Makes the directory's entries survive a power cut.
  package static func synchronizeDirectory(_ path: String) {
    guard
      let descriptor = try? FileDescriptor.open(
        path, .readOnly, options: [.directory, .closeOnExec])
    else { return }
    try? descriptor.synchronize()
    try? descriptor.close()
  }
}
