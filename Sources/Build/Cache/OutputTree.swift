import CleaveStorage
import Glibc

/// The files under a directory.
enum OutputTree {
  /// The paths of all files, relative to the directory, in the order of their bytes.
  ///
  /// - Throws: `InputError` for a link or a special file, which no stage writes.
  static func paths(in directory: String) throws -> [String] {
    var paths: [String] = []
    func visit(_ inner: String) throws {
      let path = inner.isEmpty ? directory : "\(directory)/\(inner)"
      for name in try FileSystem.entries(of: path) {
        let entry = inner.isEmpty ? name : "\(inner)/\(name)"
        switch FileSystem.kind("\(directory)/\(entry)") {
        case .directory: try visit(entry)
        case .regular: paths.append(entry)
        default:
          throw InputError(
            file: "\(directory)/\(entry)", found: "no regular file", expected: "files alone")
        }
      }
    }
    try visit("")
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Digests of all files, which are made read-only: outputs share them by hard links.
  static func seal(_ directory: String) throws -> [(path: String, digest: FileDigest)] {
    try paths(in: directory).map { path in
      chmod("\(directory)/\(path)", 0o444)
      return (path, try FileDigest(ofFile: "\(directory)/\(path)"))
    }
  }

  /// The bytes that a tree takes on the disk, each file counted once in all trees of one call.
  static func diskBytes(_ directories: [String]) -> Int {
    var seen: Set<UInt64> = []
    var sum = 0
    for directory in directories {
      for path in (try? paths(in: directory)) ?? [] {
        var status = stat()
        guard lstat("\(directory)/\(path)", &status) == 0,
          seen.insert(UInt64(status.st_ino)).inserted
        else { continue }
        sum += Int(status.st_blocks) * 512
      }
    }
    return sum
  }
}
