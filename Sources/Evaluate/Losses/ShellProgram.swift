import CleaveStorage
import Subprocess
import SystemPackage

/// A program for `/bin/sh -c` with a file as standard input. Standard error is shared.
///
/// A file cannot block or break as a pipe can: a program that reads nothing, or prints first, is as good
/// as any, and nobody writes to one that has ended.
struct ShellProgram {
  let text: String

  init(_ text: String) { self.text = text }

  /// Runs the program and reads what it prints, to the end.
  ///
  /// - Parameters:
  ///   - name: names the program in errors.
  ///   - longestOutput: bytes; a program that prints more is killed.
  /// - Throws: `InputError` if it cannot be started, ends by a signal or with a status but 0, or prints
  ///   too much.
  func run(
    on input: UnlinkedFile, named name: String, longestOutput: Int
  ) async throws -> [UInt8] {
    let descriptor = try input.rewound()
    do {
      let result = try await Subprocess.run(
        .path("/bin/sh"), arguments: ["-c", text],
        input: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
        output: .bytes(limit: longestOutput), error: .currentStandardError)
      try check(result.terminationStatus, name)
      return result.standardOutput
    } catch let error as SubprocessError {
      throw refusal(error, name, longestOutput)
    }
  }

  private func refusal(_ error: SubprocessError, _ name: String, _ longestOutput: Int) -> InputError
  {
    guard error.code != .outputLimitExceeded else {
      return InputError(
        file: name, location: "output", found: "more than \(longestOutput) bytes",
        expected: "a line for each text")
    }
    let reason = error.underlyingError?.description ?? error.description
    return InputError(
      file: name, found: "that it cannot be started: \(reason)", expected: "a program for /bin/sh")
  }

  private func check(_ status: TerminationStatus, _ name: String) throws {
    switch status {
    case .exited(0): return
    case .exited(let code):
      throw InputError(file: name, found: "exit status \(code)", expected: "exit status 0")
    case .signaled(let signal):
      throw InputError(
        file: name, found: "that signal \(signal) killed it", expected: "exit status 0")
    }
  }
}
