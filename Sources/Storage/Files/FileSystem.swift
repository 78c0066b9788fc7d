import CleaveSystem
import Glibc

/// The few operations on directories that the tools need, with errors that name the path.
package enum FileSystem {
  package static func exists(_ path: String) -> Bool { kind(path) != nil }

  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// What stands at the path itself, links not followed; nil when nothing does.
  package static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  package static func isLink(_ path: String) -> Bool { kind(path) == S_IFLNK }

  /// The absolute path with links resolved, or nil when nothing is there.
  package static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Where the path leads, or will once it is made: what is not there yet is taken through its
  /// nearest ancestor that is.
  package static func prospective(_ path: String) -> String {
    if let real = resolved(path) { return real }
    let parent = parent(of: path)
    guard parent != path else { return path }  // a working directory that is gone
    let above = prospective(parent)
    switch path.split(separator: "/").last {
    case nil, ".": return above
    case "..": return self.parent(of: above)
    case let name?: return above == "/" ? "/\(name)" : "\(above)/\(name)"
    }
  }

  /// Whether the paths are one place or one lies inside the other, be they there yet or not.
  package static func overlap(_ first: String, _ second: String) -> Bool {
    func contains(_ outer: String, _ inner: String) -> Bool {
      outer == "/" || "\(inner)/".hasPrefix("\(outer)/")
    }
    return places(of: first).contains { first in
      places(of: second).contains { contains(first, $0) || contains($0, first) }
    }
  }

  /// Where a path leads, and, when it is a link, where the link stands: a target replaces the link.
  private static func places(of path: String) -> [String] {
    let name = path.split(separator: "/").last ?? "."
    guard isLink(path), name != ".", name != ".." else { return [prospective(path)] }
    return [prospective(path), "\(prospective(parent(of: path)))/\(name)"]
  }

  /// The last component, "." and trailing slashes resolved away.
  package static func name(of path: String) -> String {
    let full = resolved(path) ?? path
    return full.split(separator: "/").last.map(String.init) ?? full
  }

  /// Everything before the last component: "." when there is nothing.
  package static func parent(of path: String) -> String {
    var trimmed = path[...]
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  package static func createDirectory(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw OutputError(path: path, reason: systemMessage())
    }
  }

  /// Names of the entries, "." and ".." left out, sorted.
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
    let isDirectory = kind == S_IFDIR
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
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Whole small file; refused above `limit` bytes before anything is allocated.
  package static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let file = try map(path, limit: limit)
    return file.withBytes(0..<file.count) { Array($0) }
  }

  /// The default limit of `readJSON`: several times the largest tokenizer known.
  package static let largestJSON = 1 << 28

  /// A JSON file of at most `limit` bytes.
  package static func readJSON(_ path: String, limit: Int = largestJSON) throws -> JSONNode {
    let file = try map(path, limit: limit)
    return JSONNode(
      try file.withBytes(0..<file.count) { try JSON.parse($0, file: path) }, file: path)
  }

  private static func map(_ path: String, limit: Int) throws -> MappedFile {
    let file = try MappedFile(path: path)
    guard file.count <= limit else {
      throw InputError(
        file: path, found: "\(file.count) bytes", expected: "at most \(limit) bytes")
    }
    return file
  }
}
