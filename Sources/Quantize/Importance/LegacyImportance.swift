import CleaveStorage

/// Reads the importance matrices that llama.cpp wrote before it used GGUF for them, usually called
/// imatrix.dat. All numbers are little-endian and of 32 bits:
///
///     the number of entries
///     entries: length of the name, name, calls, number of values, values (float32, mean times calls)
///     then, in all but the oldest files: number of chunks, length of the data's name, name
struct LegacyImportance {
  private let file: MappedFile
  private var position = 0
  /// The most entries, and the longest name of one, that make sense.
  private static let (mostEntries, longestName) = (1 << 16, 255)

  /// Whether a file begins as these do. One of safetensors has zeros where these have the length of
  /// the first name.
  static func isLikely(_ file: MappedFile) -> Bool {
    guard file.count > 8 else { return false }
    var reader = LegacyImportance(file)
    guard let entries = try? reader.integer("entries"), let length = try? reader.integer("name")
    else { return false }
    return (1...mostEntries).contains(entries) && (1...longestName).contains(length)
  }

  /// The vectors by the names of their matrices in GGUF.
  static func vectors(in file: MappedFile) throws -> [String: ImportanceVector] {
    var reader = LegacyImportance(file)
    var vectors: [String: ImportanceVector] = [:]
    for number in 0..<(try reader.integer("number of entries")) {
      let (name, vector) = try reader.entry(number)
      guard vectors.updateValue(vector, forKey: name) == nil else {
        throw reader.refuse("entry \(number)", "\"\(name)\" a second time", "every name once")
      }
    }
    try reader.finish()
    return vectors
  }

  private init(_ file: MappedFile) { self.file = file }

  private mutating func entry(_ number: Int) throws -> (String, ImportanceVector) {
    let place = "entry \(number)"
    let length = try integer("\(place), length of its name")
    guard (1...Self.longestName).contains(length) else {
      throw refuse(place, "a name of \(length) bytes", "from 1 to \(Self.longestName)")
    }
    let range = try take(length, "\(place), name")
    guard let name = file.withBytes(range, { String(validating: $0, as: UTF8.self) }) else {
      throw refuse(place, "a name that is not UTF-8", "a tensor's name")
    }
    let calls = try integer("\(name), number of calls")
    let count = try integer("\(name), number of values")
    guard calls >= 0, count > 0 else {
      throw refuse(name, "\(count) values of \(calls) calls", "some values, and no negative number")
    }
    let values = try take(4 * count, "\(name), values")
    return (
      name, ImportanceVector(name: name, file: file, range: values, counts: [Float(calls)])
    )
  }

  /// Checks that nothing but the known trailer follows.
  private mutating func finish() throws {
    guard position < file.count else { return }
    _ = try integer("number of chunks")
    let length = try integer("length of the data's name")
    guard length == file.count - position else {
      throw refuse(
        "end", "\(file.count - position) bytes after a data's name of \(length)",
        "the name and the end of the file")
    }
  }
}

// MARK: - Reading

extension LegacyImportance {
  private mutating func integer(_ location: @autoclosure () -> String) throws -> Int {
    let range = try take(4, location())
    return file.withBytes(range) {
      Int(Int32(littleEndian: $0.loadUnaligned(as: Int32.self)))
    }
  }

  /// The range of the next bytes.
  private mutating func take(
    _ bytes: Int, _ location: @autoclosure () -> String
  ) throws -> Range<Int> {
    guard bytes <= file.count - position else {
      throw refuse(
        location(), "the end of the file at byte \(file.count)",
        "\(bytes) more bytes at \(position)", advice: "The file is cut short.")
    }
    defer { position += bytes }
    return position..<position + bytes
  }

  private func refuse(
    _ location: String, _ found: String, _ expected: String, advice: String? = nil
  ) -> InputError {
    InputError(
      file: file.path, location: location, found: found, expected: expected, advice: advice)
  }
}
