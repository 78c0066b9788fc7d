import CleaveStorage

/// The bytes of a blob that is uploaded, wherever they lie.
protocol UploadSource: Sendable {
  func read(_ range: Range<Int>) throws -> [UInt8]
}

/// A file that is uploaded, of which a piece at a time is in memory.
struct UploadedFile: UploadSource {
  private let file: RandomAccessFile

  /// - Throws: `InputError` for a file that cannot be read, or whose size is another than `bytes`.
  init(_ path: String, bytes: Int) throws {
    file = try RandomAccessFile(path: path)
    guard file.count == bytes else {
      throw InputError(file: path, found: "\(file.count) bytes", expected: "\(bytes)")
    }
  }

  func read(_ range: Range<Int>) throws -> [UInt8] {
    try file.read(UInt8.self, at: range.lowerBound, count: range.count)
  }
}

/// Bytes in memory that are uploaded.
struct UploadedBytes: UploadSource {
  let bytes: [UInt8]

  func read(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
}
