import CleaveStorage
import SystemPackage

/// Unbuffered text on standard output and standard error: tokens appear as they come, and messages do not
/// overtake results.
enum Terminal {
  /// Prints a line on standard output.
  ///
  /// - Throws: `OutputError` when the line cannot be written.
  static func print(_ text: String) throws { try write(text + "\n") }

  /// Writes text on standard output as it is.
  ///
  /// - Throws: `OutputError` when the text cannot be written.
  static func write(_ text: String) throws {
    try OutputError.translating("standard output") {
      _ = try FileDescriptor.standardOutput.writeAll(text.utf8)
    }
  }

  /// Writes text on standard error. A failure is ignored: there is nowhere to report it.
  static func writeError(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }
}

/// Prints a line on standard error.
func printError(_ text: String) { Terminal.writeError(text + "\n") }
