import Glibc

/// A file mapped read-only. Every access names a range and is checked against the file's size: this
/// is the only border between file bytes and the rest of the tool.
///
/// The mapping is immutable while it lives, so it may be shared between threads. A file truncated
/// by somebody else while mapped kills the process (SIGBUS), as with every mapped file.
package final class MappedFile: @unchecked Sendable {
  package let path: String
  package let count: Int
  private let base: UnsafeRawPointer?

  /// - Throws: `InputError` when the path is not a readable regular file.
  package init(path: String) throws {
    let (descriptor, size) = try Self.open(path)
    defer { close(descriptor) }
    self.path = path
    self.count = size
    if count == 0 {
      base = nil
    } else {
      let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard address != MAP_FAILED, let address else {
        throw InputError.unreadable(path, systemMessage())
      }
      base = UnsafeRawPointer(address)
    }
  }

  /// Memory that is used like a file's: for weights that are made to be tried and thrown away.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - fill: writes all the bytes, which are zero before.
  package init(
    inMemory name: String, count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    path = name
    self.count = count
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

  /// The size of a readable regular file.
  package static func size(of path: String) throws -> Int {
    let (descriptor, size) = try open(path)
    close(descriptor)
    return size
  }

  /// A regular file's descriptor, for the caller to close, and its size.
  package static func open(_ path: String) throws -> (descriptor: Int32, size: Int) {
    // Not blocking: a named pipe would wait for a writer that never comes.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw InputError.unreadable(path, systemMessage()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw InputError.unreadable(path, "not a file")
    }
    return (descriptor, Int(status.st_size))
  }
}

extension InputError {
  package static func unreadable(
    _ path: String, _ reason: String, expected: String = "a readable file"
  ) -> InputError {
    InputError(file: path, found: reason, expected: expected)
  }
}

/// What the last failed system call says of itself.
package func systemMessage() -> String { String(cString: strerror(errno)) }
