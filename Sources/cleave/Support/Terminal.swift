import Glibc

/// Text to a file descriptor at once, past every buffer: tokens appear as they come, and messages do
/// not overtake output.
enum Terminal {
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }  // nobody is there to be told
      rest = rest.dropFirst(written)
    }
  }
}

func printError(_ text: String) { Terminal.write(text + "\n", to: STDERR_FILENO) }
