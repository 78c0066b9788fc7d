import CleaveStorage
import Foundation
import TestSupport

/// Runs the built `cleave`, as a person would.
struct Command {
  let status: Int32
  let output: String
  let errors: String

  /// The executable stands beside the test bundle.
  private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("cleave")

  init(
    _ arguments: String..., environment: [String: String] = [:], outputPath: String? = nil
  ) throws {
    try self.init(arguments, environment: environment, outputPath: outputPath)
  }

  /// - Parameter outputPath: where standard output goes, instead of being read.
  init(
    _ arguments: [String], environment: [String: String] = [:], outputPath: String? = nil
  ) throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = outputPath.flatMap { FileHandle(forWritingAtPath: $0) } ?? output
    process.standardError = errors
    try process.run()
    if outputPath != nil { try output.fileHandleForWriting.close() }
    // Standard error is short enough for the pipe; the output may not be.
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  func json() throws -> JSONNode {
    try JSONNode(parsing: Array(output.utf8), file: "standard output")
  }

  /// A command that runs on, with standard input held open.
  static func start(_ arguments: String...) throws -> Process { try start(arguments) }

  /// - Parameter readsOutput: whether the reading end of standard output is open.
  static func start(_ arguments: [String], readsOutput: Bool = true) throws -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = Pipe()
    let output = Pipe()
    if !readsOutput { try output.fileHandleForReading.close() }
    process.standardOutput = output
    process.standardError = Pipe()
    try process.run()
    return process
  }

  /// Runs a command line that a shell understands, without the name of the executable.
  ///
  /// - Parameter limit: an option of `ulimit` and its value; nil for the limits of the tests.
  static func shell(
    _ line: String, limit: String? = nil
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let limiting = limit.map { "ulimit \($0) && " } ?? ""
    process.arguments = ["-c", "\(limiting)exec \"$0\" \(line)", executable.path]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let texts = [output, errors].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }

  /// Waits until a command handles a signal: one that comes before would end it without a word.
  ///
  /// The handler is there when the kernel says that the signal is caught. A minute passes only where it never is.
  static func wait(until process: Process, handles signal: Int32) {
    for _ in 0..<6000 {
      guard process.isRunning, !handles(signal, process.processIdentifier) else { return }
      usleep(10_000)
    }
  }

  private static func handles(_ signal: Int32, _ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
    else { return false }
    return mask >> (signal - 1) & 1 == 1
  }
}
