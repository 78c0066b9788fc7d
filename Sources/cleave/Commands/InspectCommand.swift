import ArgumentParser
import CleaveConvert
import CleaveModel
import CleaveStorage

/// The command `cleave inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Describe an artifact or a checkpoint.",
    discussion: """
      PATH is an artifact, a GGUF file (or any part of a split one), a safetensors file or a Hugging Face directory. Only headers \
      are read; `cleave verify` checks contents.
      """)

  @Argument(help: "Artifact or checkpoint.")
  var path: String

  @Option(
    name: .customLong("exits"),
    help: ArgumentHelp(
      "Describe what is used of an edge bundle up to the exit at this depth.", valueName: "depth"))
  var lastExit: Int?

  @Flag(help: "List every tensor.")
  var tensors = false

  @Flag(help: "Print the description as JSON on standard output.")
  var json = false

  func run() throws {
    if FileSystem.exists("\(path)/\(ArtifactLayout.manifest)") {
      let artifact = try Artifact(opening: path, upToExit: lastExit)
      try Terminal.print(
        json
          ? artifact.manifest.json.text()
          : artifact.manifest.description(of: path, tensors: tensors))
    } else {
      guard lastExit == nil else {
        throw ValidationError("--exits is of an edge bundle: expected one, or no --exits")
      }
      let summary = try CheckpointSummary(path: path)
      try Terminal.print(json ? summary.json.text() : summary.description(tensors: tensors))
    }
  }
}
