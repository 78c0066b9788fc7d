/// Reads a GGUF file's little-endian integers and strings from front to back. Each read is checked
/// against the end of the file first, and each count before anything is allocated for it.
struct GGUFCursor {
  let file: MappedFile
  private(set) var position: Int
  private var elementsLeft = mostElements

  /// The most bytes a header may have, far above any known one, whose largest part is a vocabulary
  /// of some ten megabytes. Without the limit a sparse file of a terabyte would be read as a
  /// terabyte of strings.
  private static let longestHeader = 1 << 27
  /// The most elements in all arrays together: an element of one byte in the file takes 24 in
  /// memory.
  private static let mostElements = 1 << 24

  init(_ file: MappedFile, at position: Int = 0) {
    self.file = file
    self.position = position
  }

  /// The offset where reading stops. The header is only the first part of a large file.
  private var end: Int { min(file.count, Self.longestHeader) }
  var remaining: Int { end - position }

  func refuse(_ location: String, found: String, expected: String, advice: String? = nil)
    -> InputError
  {
    InputError(
      file: file.path, location: location, found: found, expected: expected, advice: advice)
  }

  mutating func read<Value: FixedWidthInteger>(
    _ type: Value.Type, _ location: @autoclosure () -> String
  ) throws -> Value {
    let size = MemoryLayout<Value>.size
    try require(size, location())
    defer { position += size }
    return file.withBytes(position..<(position + size)) {
      Value(littleEndian: $0.loadUnaligned(as: Value.self))
    }
  }

  /// Reads a 64-bit length and that many bytes of UTF-8, at most `limit`.
  mutating func string(
    limit: Int = Int.max, _ location: @autoclosure () -> String
  ) throws -> String {
    let length = try read(UInt64.self, location())
    guard length <= UInt64(limit), length <= UInt64(remaining) else {
      throw refuse(
        location(), found: "a string of \(length) bytes",
        expected: "at most \(min(limit, remaining)), what the format and the file allow")
    }
    defer { position += Int(length) }
    let text = file.withBytes(position..<(position + Int(length))) {
      String(validating: $0, as: UTF8.self)
    }
    guard let text else {
      throw refuse(location(), found: "bytes that are not UTF-8", expected: "UTF-8 text")
    }
    return text
  }

  func require(_ bytes: Int, _ location: @autoclosure () -> String) throws {
    guard bytes > remaining else { return }
    guard end == file.count else {
      throw refuse(
        location(), found: "a header of more than \(end) bytes",
        expected: "at most \(Self.longestHeader) bytes of header")
    }
    throw refuse(
      location(), found: "the end of the file at byte \(file.count)",
      expected: "\(bytes) more bytes at \(position)", advice: "The file is cut short.")
  }

  /// Counts elements of an array about to be read against the limit of the whole file.
  mutating func claim(elements: Int, _ location: @autoclosure () -> String) throws {
    guard elements <= elementsLeft else {
      throw refuse(
        location(), found: "\(elements) more array elements",
        expected: "at most \(Self.mostElements) in all arrays together")
    }
    elementsLeft -= elements
  }
}
