import Glibc

/// Standard input, output and error of a process that may have been started without them.
enum StandardStreams {
  /// Takes the numbers of those that are closed, or the next file opened would get one and be read or
  /// written in its place. Reading or writing them still fails.
  static func reserve() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", (descriptor == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
    }
  }
}
