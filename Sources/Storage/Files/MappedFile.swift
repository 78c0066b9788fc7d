import CleaveSystem
import Glibc
import SystemPackage

/// A file mapped read-only. Every access names a range and is checked against the file's size: this
/// is the only border between file bytes and the rest of the tool.
///
/// The mapping is immutable while it lives, so it may be shared between threads. A file truncated
/// by somebody else while mapped ends the process (SIGBUS), as with every mapped file; the mapping is noted, so that
/// the process can say which file it was (`cleave_tell_faults`).
package final class MappedFile: @unchecked Sendable {
  package let path: String
  package let count: Int
  private let base: UnsafeRawPointer?
  /// Where a signal handler finds the path; nil for memory that is no file's.
  private let note: OpaquePointer?

  /// - Throws: `InputError` when the path is not a readable regular file.
  package init(path: String) throws {
    let (descriptor, size) = try FileDescriptor.openRegularFile(path)
    defer { try? descriptor.close() }
    self.path = path
    self.count = size
    if count == 0 {
      (base, note) = (nil, nil)
    } else {
      let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
      guard address != MAP_FAILED, let address else {
        throw InputError.unreadable(path, systemMessage())
      }
      base = UnsafeRawPointer(address)
      note = cleave_note_mapping(address, count, path)
    }
  }

  /// Anonymous memory that is used like a file's, for weights that are made to be tried and thrown away.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - fill: writes all the bytes, which are zero before.
  package init(
    inMemory name: String, count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    path = name
    self.count = count
    note = nil
    guard count > 0 else {
      base = nil
      return
    }
    let address = mmap(
      nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard address != MAP_FAILED, let address else {
      throw InputError(file: name, found: systemMessage(), expected: "\(count) bytes of memory")
    }
    base = UnsafeRawPointer(address)
    try fill(UnsafeMutableRawBufferPointer(start: address, count: count))
  }

  deinit {
    cleave_forget_mapping(note)
    if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
  }

  /// Calls `body` with the bytes of `range`, which must lie inside the file.
  package func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside \(path)")
    return try withExtendedLifetime(self) {
      guard let base else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
      return try body(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }
  }

  /// The size of a readable regular file, in bytes.
  package static func size(of path: String) throws -> Int {
    let (descriptor, size) = try FileDescriptor.openRegularFile(path)
    try? descriptor.close()
    return size
  }
}
