import ArgumentParser

struct ExitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exits", abstract: "Early exits of a model.", subcommands: [ExitsAddCommand.self])
}
