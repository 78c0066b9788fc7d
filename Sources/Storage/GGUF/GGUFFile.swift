/// A GGUF file of version 2 or 3, parsed and checked. Opening reads magic, version and metadata;
/// the tensor list is read on request, so that an unsupported model is refused as such and not for
/// its tensors. The format is that of ggml's docs/gguf.md.
package struct GGUFFile {
  package let file: MappedFile
  package let version: UInt32
  package let metadata: [(key: String, value: GGUFValue)]
  private let metadataIndex: [String: Int]
  private let alignment: Int
  private let tensorCount: Int
  /// The offset of the tensor list in bytes.
  private let tensorList: Int

  private static let defaultAlignment = 32
  /// Limits of the format's specification.
  private static let longestKey = 65_535
  static let longestTensorName = 64

  package init(path: String) throws {
    let file = try MappedFile(path: path)
    var cursor = GGUFCursor(file)
    version = try Self.version(&cursor)
    tensorCount = try Self.count(&cursor, "tensor count", leastBytes: 24)
    let metadataCount = try Self.count(&cursor, "metadata count", leastBytes: 13)
    // Files usually have hundreds of entries, and each takes a hundred times its file size in
    // memory.
    guard metadataCount <= 1 << 16 else {
      throw cursor.refuse("metadata count", found: "\(metadataCount)", expected: "at most 65536")
    }
    let (metadata, index) = try Self.metadata(&cursor, count: metadataCount)
    alignment = try Self.alignment(
      index["general.alignment"].map { metadata[$0].value }, file: file.path)
    tensorList = cursor.position
    self.file = file
    self.metadata = metadata
    metadataIndex = index
  }

  /// The tensors in file order, each checked to lie inside the file.
  ///
  /// - Throws: `InputError` for an unknown type, a duplicate name, or an offset that is not the
  ///   padded end of the previous tensor.
  package func tensors() throws -> [Tensor] {
    var cursor = GGUFCursor(file, at: tensorList)
    let infos = try Self.tensorInfos(&cursor, count: tensorCount)
    let dataStart = try Self.padded(cursor.position, to: alignment, file: file.path)
    return try Self.locate(infos, dataStart: dataStart, alignment: alignment, file: file)
  }

  package static func isGGUF(_ path: String) throws -> Bool {
    let file = try MappedFile(path: path)
    return file.count >= 4 && file.withBytes(0..<4) { $0.elementsEqual("GGUF".utf8) }
  }

  package subscript(key: String) -> GGUFValue? { metadataIndex[key].map { metadata[$0].value } }

  private static func version(_ cursor: inout GGUFCursor) throws -> UInt32 {
    try cursor.require(8, "magic")
    let magic = cursor.file.withBytes(0..<4) { Array($0) }
    _ = try cursor.read(UInt32.self, "magic")
    guard magic == Array("GGUF".utf8) else {
      if let kind = FileKind(of: cursor.file) {
        throw kind.refusal(file: cursor.file.path, expected: "a GGUF file")
      }
      throw cursor.refuse("magic", found: "the bytes \(magic)", expected: "\"GGUF\"")
    }
    let version = try cursor.read(UInt32.self, "version")
    guard version != 2, version != 3 else { return version }
    guard version.byteSwapped != 2, version.byteSwapped != 3 else {
      throw cursor.refuse(
        "version", found: "a big-endian file", expected: "a little-endian one",
        advice: "Convert it with the gguf package's gguf_convert_endian.")
    }
    throw cursor.refuse("version", found: "\(version)", expected: "2 or 3")
  }

  static let cutShort = "If its download was interrupted, download it again."

  private static func count(
    _ cursor: inout GGUFCursor, _ location: String, leastBytes: Int
  ) throws -> Int {
    let count = try cursor.read(UInt64.self, location)
    guard count <= UInt64(cursor.remaining / leastBytes) else {
      throw cursor.refuse(
        location, found: "\(count)",
        expected: "at most the \(cursor.remaining / leastBytes) that fit in the file",
        advice: cutShort)
    }
    return Int(count)
  }

  private static func metadata(
    _ cursor: inout GGUFCursor, count: Int
  ) throws -> ([(key: String, value: GGUFValue)], [String: Int]) {
    var metadata: [(key: String, value: GGUFValue)] = []
    var index: [String: Int] = [:]
    for number in 0..<count {
      let key = try cursor.string(limit: longestKey, "metadata key \(number)")
      guard !key.isEmpty else {
        throw cursor.refuse("metadata key \(number)", found: "an empty key", expected: "a name")
      }
      guard index.updateValue(number, forKey: key) == nil else {
        throw cursor.refuse(
          "metadata key \(number)", found: "\"\(key)\" a second time", expected: "every key once")
      }
      metadata.append((key, try GGUFValue.read(&cursor, key: key)))
    }
    return (metadata, index)
  }

  private static func alignment(_ value: GGUFValue?, file: String) throws -> Int {
    guard let value else { return defaultAlignment }
    guard case .unsigned(let alignment) = value, alignment.nonzeroBitCount == 1,
      alignment <= 1 << 30
    else {
      throw InputError(
        file: file, location: "general.alignment", found: value.shown,
        expected: "a power of two, at most 2^30")
    }
    return Int(alignment)
  }

  static func padded(_ offset: Int, to alignment: Int, file: String) throws -> Int {
    let (sum, overflow) = offset.addingReportingOverflow(alignment - 1)
    guard !overflow else {
      throw InputError(
        file: file, location: "data", found: "offset \(offset)", expected: "an offset below 2^63")
    }
    return sum & ~(alignment - 1)
  }
}
