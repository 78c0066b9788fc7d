import ArgumentParser
import CleaveRuntime
import CleaveStorage
import Glibc

/// The entry point: runs the command that the arguments name, and turns whatever it throws into a
/// message and an exit status.
@main enum Main {
  static func main() async {
    // A reader that goes away is an error of the write that finds out, which says so.
    signal(SIGPIPE, SIG_IGN)
    // So is one that the process's limit of a file's size refuses.
    signal(SIGXFSZ, SIG_IGN)
    StandardStreams.reserve()
    Interruption.install()
    do {
      try Descriptors.requireSome()
      try StartingMemory.requireSome()
      try InstructionSet.selectFromEnvironment()
      var command = try Cleave.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      exit(.done)
    } catch let error as any ExitStatusError {
      // A command that has already said what is wrong throws an error without a description.
      let message = error.description
      if !message.isEmpty { printError("cleave: \(message)") }
      exit(error.exitStatus)
    } catch {
      leave(after: error)
    }
  }

  /// Prints the help, the version or the usage error that the argument parser threw, and exits.
  private static func leave(after error: any Error) -> Never {
    let message = Cleave.fullMessage(for: error)
    guard Cleave.exitCode(for: error) != .success else {
      let isWritten = (try? Terminal.print(message)) != nil
      exit(isWritten ? .done : .cannotWrite)
    }
    printError(message)
    exit(.badInput)
  }

  /// Ends the process without the destructors of libraries: OpenBLAS's waits for its threads, which wait for memory
  /// for ever where the system refuses it. The commands leave nothing to be done then.
  private static func exit(_ status: ExitStatus) -> Never {
    fflush(nil)
    _exit(status.rawValue)
  }
}
