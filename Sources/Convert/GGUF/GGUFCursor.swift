import CleaveStorage

/// Reads a GGUF file's little-endian scalars and strings from front to back. Every read is checked
/// against the file's end before it happens, every count before anything is allocated by it.
struct GGUFCursor {
  let file: MappedFile
  private(set) var position: Int
  private var elementsLeft = mostElements

  /// Far above every known header, whose largest part is a vocabulary of some ten megabytes: a
  /// sparse file of a terabyte must not become a terabyte of strings.
  private static let longestHeader = 1 << 27
  /// Elements of all arrays together. One of a byte in the file takes 24 in memory.
  private static let mostElements = 1 << 24

  init(_ file: MappedFile, at position: Int = 0) {
    self.file = file
    self.position = position
  }

  /// Where reading ends: a header is not the whole of a large file.
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

  /// A 64-bit length and that many bytes of UTF-8, at most `limit`.
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
        location(), found: "a header of more than \(end) bytes", expected: "at most that many")
    }
    throw refuse(
      location(), found: "the end of the file at byte \(file.count)",
      expected: "\(bytes) more bytes at \(position)", advice: "The file is cut short.")
  }

  /// Called before an array of that many elements is read.
  mutating func claim(elements: Int, _ location: @autoclosure () -> String) throws {
    guard elements <= elementsLeft else {
      throw refuse(
        location(), found: "\(elements) more array elements",
        expected: "at most \(Self.mostElements) in all arrays together")
    }
    elementsLeft -= elements
  }
}
