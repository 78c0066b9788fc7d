/// The exit status of a process of this toolchain, as the shell sees it.
package enum ExitStatus: Int32, Sendable {
  case done = 0
  /// The command ran to its end, and what it checked does not hold.
  case checkFailed = 1
  /// An input, or the usage of a command, is wrong.
  case badInput = 2
  /// An output could not be written.
  case cannotWrite = 3
  /// The cloud or a registry refused a request, or is gone.
  case cloudFailed = 4
  /// The status that shells report for a process that Ctrl-C ended: 128 + SIGINT.
  case interrupted = 130
  /// The same for a process that was told to terminate: 128 + SIGTERM.
  case terminated = 143
}
