import CleaveStorage
import SystemPackage

/// Unbuffered text on standard output and standard error: tokens appear as they come, and messages do not
/// overtake output.
enum Terminal {
  /// A line on standard output.
  ///
  /// - Throws: `OutputError`: a result that could not be written was not given.
  static func print(_ text: String) throws { try write(text + "\n") }

  /// Text on standard output, as it stands.
  static func write(_ text: String) throws {
    try OutputError.translating("standard output") {
      _ = try FileDescriptor.standardOutput.writeAll(text.utf8)
    }
  }

  /// Text on standard error. When nobody is there, nobody can be told.
  static func writeError(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }
}

func printError(_ text: String) { Terminal.writeError(text + "\n") }
