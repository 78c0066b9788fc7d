import Glibc
import SystemPackage

extension OutputError {
  init(path: String, _ error: Errno) { self.init(path: path, reason: error.description) }

  /// Runs system calls on a file that is written.
  ///
  /// - Throws: `OutputError` with the path for a call that fails.
  package static func translating<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as Errno { throw OutputError(path: path, error) }
  }
}

extension InputError {
  /// A file or directory that cannot be read, and the reason.
  static func unreadable(
    _ path: String, _ reason: String, expected: String = "a readable file"
  ) -> InputError {
    InputError(file: path, found: reason, expected: expected)
  }

  /// Runs system calls on a file that is read.
  ///
  /// - Throws: `InputError` with the path for a call that fails.
  static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as Errno {
      throw InputError.unreadable(path, error.description)
    }
  }
}

/// The text of `errno`, which a failed call of the C library has just set.
package func systemMessage() -> String { Errno(rawValue: errno).description }
