import CleaveStorage
import SystemPackage

/// Lines of standard input, each as soon as it is there. On a terminal the terminal itself lets the person edit them.
struct LineReader {
  private static let name = "standard input"
  private static let longest = 1 << 20
  private var waiting: [UInt8] = []
  private var number = 0
  private var isAtEnd = false

  /// - Returns: the next line without its end; nil at the end of the input.
  /// - Throws: `InputError` for a line that is too long or not UTF-8, and where nothing can be read.
  mutating func next() throws -> String? {
    var searched = 0
    while true {
      if let end = waiting[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { waiting.removeFirst(end + 1) }
        return try line(waiting[..<end])
      }
      searched = waiting.count
      guard searched <= Self.longest else {
        throw refuse("more than \(Self.longest) bytes", "a line that is shorter")
      }
      guard try !isAtEnd && read() else {
        isAtEnd = true
        defer { waiting = [] }
        return waiting.isEmpty ? nil : try line(waiting[...])
      }
    }
  }

  private mutating func line(_ bytes: ArraySlice<UInt8>) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw refuse("bytes that are not UTF-8", "text")
    }
    number += 1
    return text.hasSuffix("\r") ? String(text.dropLast()) : text
  }

  /// - Returns: false at the end.
  private mutating func read() throws -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    do {
      let count = try bytes.withUnsafeMutableBytes {
        try FileDescriptor.standardInput.read(into: $0)
      }
      waiting += bytes.prefix(count)
      return count > 0
    } catch let error as Errno {
      throw refuse("an error, \(error)", "something to read")
    }
  }

  private func refuse(_ found: String, _ expected: String) -> InputError {
    InputError(
      file: Self.name, location: "line \(number + 1)", found: found, expected: expected)
  }
}
