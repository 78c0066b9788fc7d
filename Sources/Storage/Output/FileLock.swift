import Glibc
import SystemPackage

/// An exclusive flock(2) on a directory or a file, held until this is gone or the process is. Unlike a process
/// id it says the same in every PID namespace and cannot be taken over by another process.
package final class FileLock: Sendable {
  private let descriptor: FileDescriptor

  /// Takes the lock; nil when another process holds it, when nothing is there or a link, or when the file system has no
  /// locks.
  package init?(_ path: String) {
    guard let descriptor = try? Self.open(path) else { return nil }
    self.descriptor = descriptor
    do {
      try descriptor.lockExclusively()
      // One that was removed between opening and locking has no links left.
      guard try Stat(descriptor).linkCount > 0 else { return nil }
    } catch {
      return nil
    }
  }

  deinit { try? descriptor.close() }

  /// Whether the file system there has no locks.
  ///
  /// - Throws: `OutputError` where what stands there cannot be opened, as when no descriptor is free.
  package static func isUnsupported(at path: String) throws -> Bool {
    let descriptor: FileDescriptor
    do { descriptor = try open(path) } catch Errno.noSuchFileOrDirectory {
      return false
    } catch let error as Errno {
      throw OutputError(path: path, error)
    }
    defer { try? descriptor.close() }
    do { try descriptor.lockExclusively() } catch {
      return (error as? Errno) != .wouldBlock
    }
    return false
  }

  private static func open(_ path: String) throws -> FileDescriptor {
    try FileDescriptor.open(
      path, .readOnly, options: [.nonBlocking, .noFollow, .closeOnExec])
  }
}
