import ArgumentParser
import CleaveConvert
import CleaveModel
import CleavePartition
import CleaveStorage

/// The command `cleave inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Describe an artifact or a checkpoint.",
    discussion: """
      PATH is an artifact, a GGUF file (or any part of a split one), a safetensors file or a Hugging Face directory. Only headers \
      are read; `cleave verify` checks contents. With --cuts, PATH is a whole model's artifact: each depth, whether the model \
      can be cut there, and what the sides take.
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

  @Flag(help: "For each depth, whether the model can be cut there and what that costs.")
  var cuts = false

  @Flag(help: "Print the description as JSON on standard output.")
  var json = false

  func validate() throws {
    guard !(cuts && tensors) else {
      throw ValidationError("--cuts and --tensors are two descriptions; give one of them.")
    }
  }

  func run() throws {
    if cuts { return try describeCuts() }
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

  private func describeCuts() throws {
    guard FileSystem.exists("\(path)/\(ArtifactLayout.manifest)") else {
      throw InputError(
        file: path, found: "no artifact", expected: "a whole model's artifact",
        advice: "Make one of a checkpoint with `cleave import`.")
    }
    let table = try CutTable(try Artifact(opening: path))
    try Terminal.print(json ? table.json.text() : table.text)
  }
}
