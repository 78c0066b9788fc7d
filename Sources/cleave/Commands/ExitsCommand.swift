import ArgumentParser

/// The command `cleave exits`, which holds the commands for early exits.
struct ExitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exits",
    abstract: "Add early exits to a model, fit them without training, or measure them.",
    subcommands: [ExitsAddCommand.self, ExitsFitCommand.self, ExitsEvalCommand.self])
}
