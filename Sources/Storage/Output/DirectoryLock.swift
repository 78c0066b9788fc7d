import Glibc

/// An exclusive flock(2) on a directory, held until this is gone or the process is. Unlike a process
/// id it says the same in every PID namespace and cannot be taken over by another process.
final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// Nil when another holds it, when it is not a directory, or when the file system has no locks.
  init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    // One that was removed between opening and locking has no links left.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0,
      status.st_nlink > 0
    else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }

  /// Whether the directory's file system has no locks.
  static func isUnsupported(at path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno != EWOULDBLOCK
  }
}
