import ArgumentParser
import CleaveRuntime
import Glibc

/// Runs a command and turns whatever it throws into a message and an exit code.
@main enum Main {
  static func main() async {
    // A reader that goes away (`cleave inspect | head`) ends the command, as it does for every filter.
    signal(SIGPIPE, SIG_DFL)
    Interruption.install()
    do {
      try InstructionSet.selectFromEnvironment()
      var command = try Cleave.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      ExitStatus(error).leave(after: error)
    }
  }
}
