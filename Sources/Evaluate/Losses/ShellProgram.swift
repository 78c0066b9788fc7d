// `environ` is a variable to Swift; nothing here writes to it.
import CleaveStorage
@preconcurrency import Glibc

/// Runs `/bin/sh -c` with a file as standard input and reads what it prints. Standard error is shared.
///
/// A file cannot block or break as a pipe can: a program that reads nothing, or prints first, is as good
/// as any, and nobody writes to one that has ended.
struct ShellProgram {
  let text: String

  init(_ text: String) { self.text = text }

  /// - Parameter name: names the program in errors.
  /// - Returns: its standard output, to the end.
  /// - Throws: `InputError` if it cannot be started, ends by a signal or with a status but 0, or prints
  ///   more than `longestOutput` bytes.
  func run(on input: UnlinkedFile, named name: String, longestOutput: Int) throws -> [UInt8] {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failure(errno, name) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var child = pid_t()
    do {
      defer { close(ends[1]) }
      child = try start(input: try input.rewound(), output: ends[1], name)
    }
    let output = Self.read(ends[0], limit: longestOutput)
    // What it started dies of the closed pipe when it prints on.
    if output == nil { kill(child, SIGKILL) }
    let status = Self.wait(for: child)
    guard let output else {
      throw InputError(
        file: name, location: "output", found: "more than \(longestOutput) bytes",
        expected: "a line for each text")
    }
    try check(status, name)
    return output
  }

  private func start(input: Int32, output: Int32, _ name: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Programs die of a closed pipe and can be stopped, whatever this process and the thread that this
    // runs on (those of a pool take no signals) make of signals.
    var (pipe, none) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &pipe)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var child = pid_t()
    let words = ["/bin/sh", "-c", text]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw failure(code, name) }
    return child
  }

  private func failure(_ code: Int32, _ name: String) -> InputError {
    InputError(
      file: name, found: "that it cannot be started: \(String(cString: strerror(code)))",
      expected: "a program for /bin/sh")
  }

  /// To the end; nil for more than the limit.
  private static func read(_ descriptor: Int32, limit: Int) -> [UInt8]? {
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return output }
      output += chunk[..<count]
      if output.count > limit { return nil }
    }
  }

  private static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  /// - Parameter status: as waitpid(2) has it: the signal in the low seven bits, the exit status above.
  private func check(_ status: Int32, _ name: String) throws {
    let (signal, exit) = (status & 0x7F, (status >> 8) & 0xFF)
    guard signal == 0 else {
      throw InputError(
        file: name, found: "that signal \(signal) killed it", expected: "exit status 0")
    }
    guard exit == 0 else {
      throw InputError(file: name, found: "exit status \(exit)", expected: "exit status 0")
    }
  }
}
