import CSystem
import Glibc

/// The few operations on directories that the tools need, with errors that name the path.
public enum FileSystem {
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The absolute path with links resolved, or nil when nothing is there.
  public static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// The last component, "." and trailing slashes resolved away.
  public static func name(of path: String) -> String {
    let full = resolved(path) ?? path
    return full.split(separator: "/").last.map(String.init) ?? full
  }

  /// Everything before the last component: "." when there is nothing.
  static func parent(of path: String) -> String {
    var trimmed = path[...]
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  static func createDirectory(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw OutputError(path: path, reason: systemMessage())
    }
  }

  /// Names of the entries, "." and ".." left out, sorted.
  public static func entries(of directory: String) throws -> [String] {
    guard let handle = opendir(directory) else {
      throw InputError(file: directory, found: systemMessage(), expected: "a readable directory")
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

  /// Removes a directory that holds files and directories only; links are removed, not followed.
  static func removeTree(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try entries(of: path) { try removeTree("\(path)/\(name)") }
      guard rmdir(path) == 0 else { throw OutputError(path: path, reason: systemMessage()) }
    } else {
      guard unlink(path) == 0 else { throw OutputError(path: path, reason: systemMessage()) }
    }
  }

  /// Makes the directory's entries survive a power cut.
  static func synchronizeDirectory(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Whole small file; refused above `limit` bytes before anything is allocated.
  public static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let file = try MappedFile(path: path)
    guard file.count <= limit else {
      throw InputError(
        file: path, found: "\(file.count) bytes", expected: "at most \(limit) bytes")
    }
    return file.withBytes(0..<file.count) { Array($0) }
  }

  /// The default limit of `readJSON`: several times the largest tokenizer known.
  public static let largestJSON = 1 << 28

  /// A JSON file of at most `limit` bytes.
  public static func readJSON(_ path: String, limit: Int = largestJSON) throws -> JSONNode {
    let file = try MappedFile(path: path)
    guard file.count <= limit else {
      throw InputError(
        file: path, found: "\(file.count) bytes", expected: "at most \(limit) bytes")
    }
    return JSONNode(
      try file.withBytes(0..<file.count) { try JSON.parse($0, file: path) }, file: path)
  }
}
