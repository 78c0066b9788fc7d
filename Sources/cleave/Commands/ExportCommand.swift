import ArgumentParser

/// The command `cleave export`, which holds the commands for formats of other tools.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write an artifact in a format that other tools read.",
    subcommands: [ExportGGUFCommand.self, ExportHuggingFaceCommand.self])
}
