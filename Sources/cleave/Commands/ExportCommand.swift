import ArgumentParser

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Make a file of an artifact that other tools read.",
    subcommands: [ExportGGUFCommand.self, ExportHuggingFaceCommand.self])
}
