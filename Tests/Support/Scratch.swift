import CleaveStorage
import Glibc

/// A directory of its own for a test, removed at the end.
package final class Scratch: Sendable {
  package let path: String

  package init() throws {
    var template = Array("/tmp/cleave-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileUnreadable(path: "/tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Scratch.remove(path) }

  /// A path inside.
  package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = self(name)
    unlink(path)  // artifacts' files are read-only and may be hard links: never written through
    guard let file = fopen(path, "wb") else { throw FileUnreadable(path: path) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw FileUnreadable(path: path)
    }
    return path
  }

  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  package func makeDirectory(_ name: String) throws -> String {
    let path = self(name)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileUnreadable(path: path) }
    return path
  }

  /// Sets the time of a file's last change back to 1970.
  ///
  /// - Returns: whether that was possible.
  @discardableResult
  package static func setBack(_ path: String) -> Bool {
    let times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    return utimensat(AT_FDCWD, path, times, 0) == 0
  }

  /// Copies the plain files of a directory.
  package func copy(directory source: String, to name: String) throws -> String {
    let target = try makeDirectory(name)
    for entry in Scratch.entries(source) {
      try write(try readFile("\(source)/\(entry)"), to: "\(name)/\(entry)")
    }
    return target
  }

  package static func entries(_ directory: String) -> [String] {
    (try? FileSystem.entries(of: directory)) ?? []
  }

  private static func remove(_ path: String) {
    for entry in entries(path) { remove("\(path)/\(entry)") }
    if rmdir(path) != 0 { unlink(path) }
  }
}

extension Scratch {
  package func remove(_ name: String) throws {
    guard unlink(self(name)) == 0 else { throw FileUnreadable(path: self(name)) }
  }

  /// A named pipe that nobody writes to, in place of the file.
  package func makePipe(_ name: String) throws {
    unlink(self(name))
    guard mkfifo(self(name), 0o644) == 0 else { throw FileUnreadable(path: self(name)) }
  }

  /// Replaces a text that must be there, in a file inside.
  package func edit(_ name: String, _ old: String, _ new: String) throws {
    let text = String(decoding: try readFile(self(name)), as: UTF8.self)
    guard let range = text.range(of: old) else { throw TextNotFound(text: old, file: name) }
    try write(String(text[..<range.lowerBound] + new + text[range.upperBound...]), to: name)
  }
}

package struct TextNotFound: Error {
  package let text: String
  package let file: String
}

extension String {
  /// The first occurrence, by bytes.
  fileprivate func range(of needle: String) -> Range<String.Index>? {
    let hay = Array(utf8)
    let wanted = Array(needle.utf8)
    guard hay.count >= wanted.count else { return nil }
    for start in 0...(hay.count - wanted.count)
    where hay[start] == wanted[0] && hay[start..<(start + wanted.count)].elementsEqual(wanted) {
      let first = utf8.index(startIndex, offsetBy: start)
      return first..<utf8.index(first, offsetBy: wanted.count)
    }
    return nil
  }
}
