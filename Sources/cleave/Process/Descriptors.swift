import CleaveProfile
import CleaveStorage
import Glibc

/// The files and connections that this process may have open.
enum Descriptors {
  /// What the runtime's own event loop and a few files need at a time.
  private static let needed = 12

  /// Refuses to begin where so few are left that libraries would end the process without a word.
  ///
  /// - Throws: `InputError`.
  static func requireSome() throws { try require(needed) }

  /// Refuses to connect where the network's event loops would find too few: each has three, and they are as many as
  /// processors.
  ///
  /// - Throws: `InputError`.
  static func requireForNetwork() throws {
    try require(needed + 3 * Machine.processors)
  }

  private static func require(_ needed: Int) throws {
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    while opened.count < needed {
      let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
      guard descriptor >= 0 else {
        throw InputError(
          file: "open files", found: "\(opened.count) more that this process may open",
          expected: "at least \(needed)", advice: "Raise the limit (ulimit -n), or close some.")
      }
      opened.append(descriptor)
    }
  }
}
