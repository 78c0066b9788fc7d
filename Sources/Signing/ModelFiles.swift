import CleaveStorage

/// The files of a model's directory that a signature is about.
enum ModelFiles {
  private static let deepest = 16

  /// - Parameter ignored: files and directories that are left out, relative to the directory.
  /// - Returns: paths relative to the directory, in the order of their components.
  /// - Throws: `InputError` for a link, which could lead anywhere, or something that is neither file nor directory.
  static func list(_ directory: String, ignoring ignored: [String]) throws -> [String] {
    var found: [String] = []
    try visit(directory, prefix: "", depth: 0, ignored: Set(ignored), &found)
    return found
  }

  /// The bytes of files in a directory, for progress; no more than an integer holds, though sparse files may have more.
  static func bytes(of names: [String], in directory: String) throws -> Int {
    try names.reduce(0) { sum, name in
      let (more, overflow) = sum.addingReportingOverflow(
        try MappedFile.size(of: "\(directory)/\(name)"))
      return overflow ? Int.max : more
    }
  }

  private static func visit(
    _ directory: String, prefix: String, depth: Int, ignored: Set<String>, _ found: inout [String]
  ) throws {
    guard depth < deepest else {
      throw InputError(
        file: directory, found: "directories \(deepest) deep", expected: "a model's files")
    }
    for name in try FileSystem.entries(of: directory) {
      if ignored.contains(prefix + name) { continue }
      let path = "\(directory)/\(name)"
      switch FileSystem.kind(path) {
      case .directory:
        try visit(
          path, prefix: "\(prefix)\(name)/", depth: depth + 1, ignored: ignored, &found)
      case .regular: found.append(prefix + name)
      default:
        throw InputError(
          file: path, found: "a link, or something else that is no file",
          expected: "regular files and directories, which a signature can be about",
          advice: "Put a copy in its place.")
      }
    }
  }
}
