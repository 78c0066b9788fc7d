import ArgumentParser
import CleaveCalibrate
import CleaveModel

struct ExitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exits", abstract: "Early exits of a model.", subcommands: [ExitsAddCommand.self])
}

struct ExitsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Attach untrained exits.",
    discussion: """
      Each exit is the final norm and the model's own head after that many blocks. Untrained exits \
      make the path whole; they are seldom sure and seldom right before they are trained.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Blocks before each exit, as in 10,20.")
  var at: String

  @Option(help: "Confidence from which an exit answers; above 1 switches it off.")
  var threshold = 0.9

  @Option(name: .shortAndLong, help: "Directory to make.")
  var output: String

  @OptionGroup var outputOptions: OutputOptions

  func validate() throws { _ = try depths() }

  private func depths() throws -> [Int] {
    try at.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let depth = Int($0) else {
        throw ValidationError("--at \(at): expected numbers of blocks with commas, as in 10,20")
      }
      return depth
    }
  }

  func run() throws {
    var attachment = ExitAttachment(
      source: model, target: output, depths: try depths(), threshold: threshold)
    attachment.force = outputOptions.force
    let manifest = try attachment.run()
    if outputOptions.json {
      try Terminal.print(manifest.json.text())
    } else {
      try Terminal.print("\(output): \(manifest.summary)")
      try Terminal.print("The new exits are untrained and their thresholds set by hand.")
    }
  }
}
