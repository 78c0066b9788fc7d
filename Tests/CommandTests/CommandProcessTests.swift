import Foundation
import TestSupport
import Testing

/// What commands do as processes: signals, closed streams, and outputs that cannot be written.
@Suite(.serialized) struct CommandProcessTests {
  private let checkpoint = Golden.path("tiny-llama3-f32")

  /// A command that waits is ended by Ctrl-C with the code shells know.
  @Test func anInterruptedCommandSaysSo() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let command = try Command.start("run", scratch("edge"), "--prompt-file", "-")
    defer { command.terminate() }
    Command.wait(until: command, handles: SIGINT)
    command.interrupt()
    command.waitUntilExit()
    #expect(command.terminationReason == .exit)
    #expect(command.terminationStatus == 130)
  }

  @Test func aTerminatedCommandSaysSo() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let command = try Command.start("run", scratch("edge"), "--prompt-file", "-")
    Command.wait(until: command, handles: SIGTERM)
    command.terminate()
    command.waitUntilExit()
    #expect(command.terminationReason == .exit)
    #expect(command.terminationStatus == 143)
  }

  /// Commands with a standard stream closed, by a shell; a file must not get its number.
  @Test(arguments: [
    ("inspect MODEL >&-", Int32(3), "standard output: cannot write"),
    ("inspect MODEL 2>&- >/dev/null", 0, ""), ("inspect nothing 2>&-", 2, ""),
    ("--help >&-", 3, ""), ("inspect MODEL <&- >/dev/null", 0, ""),
    ("run MODEL --prompt-file - <&-", 2, "standard input: found"),
  ])
  func closedStreams(command: String, status: Int32, error: String) throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let result = try Command.shell(command.replacing("MODEL", with: scratch("edge")))
    #expect(result.status == status, "\(result.errors)")
    #expect(error.isEmpty || result.errors.contains(error), "\(result.errors)")
  }

  @Test func aReaderThatIsGone() throws {
    let command = try Command.start(["inspect", checkpoint], readsOutput: false)
    command.waitUntilExit()
    #expect(command.terminationReason == .exit && command.terminationStatus == 3)
  }

  @Test func aResultThatCannotBeWrittenExitsWithThree() throws {
    let command = try Command("inspect", checkpoint, outputPath: "/dev/full")
    #expect(command.status == 3)
    #expect(command.errors.contains("standard output: cannot write"))
  }

  @Test func aTargetThatCannotBeWrittenExitsWithThree() throws {
    let command = try Command("import", checkpoint, "-o", "/proc/cleave-model")
    #expect(command.status == 3)
    #expect(command.errors.contains("cannot write"))
  }

  @Test func anUnknownInstructionSetIsRefused() throws {
    let command = try Command(
      "inspect", checkpoint, environment: ["CLEAVE_ISA": "altivec"])
    #expect(command.status == 2)
    #expect(command.errors.contains("altivec"))
    #expect(try Command("inspect", checkpoint, environment: ["CLEAVE_ISA": "scalar"]).status == 0)
  }
}
