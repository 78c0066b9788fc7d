extension FileSystem {
  /// The contents of a small file, which is refused above `limit` bytes before anything is allocated.
  package static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let file = try map(path, limit: limit)
    return file.withBytes(0..<file.count) { Array($0) }
  }

  /// A small file, mapped.
  static func map(_ path: String, limit: Int) throws -> MappedFile {
    let file = try MappedFile(path: path)
    guard file.count <= limit else {
      throw InputError(
        file: path, found: "\(file.count) bytes", expected: "at most \(limit) bytes")
    }
    return file
  }
}
