import ArgumentParser
import CleaveConvert
import CleaveStorage

/// The command `cleave export gguf`.
struct ExportGGUFCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gguf",
    abstract: "Write a GGUF file that llama.cpp runs.",
    discussion: """
      Writes the whole model. With --exit, writes the model that ends at that exit of a model or of an \
      edge bundle: it generates what the edge generates when that exit answers every token. Weights keep \
      their types and quantized blocks their bits; norms become F32.

      With --split-size, a model that is larger is written in parts, as llama.cpp's gguf-split does: \
      NAME-00001-of-00003.gguf and so on, instead of NAME.gguf. llama.cpp and `cleave import` take the \
      first of them.
      """)

  @Argument(help: "Model artifact or edge bundle.")
  var artifact: String

  @Option(name: .shortAndLong, help: "File to write.")
  var output: String

  @Option(help: "Depth of the exit that the written model ends at (default: the whole model).")
  var exit: Int?

  @Option(
    help: ArgumentHelp(
      "Most bytes of a file, as 2G or 500M (decimal): a larger model is split into parts.",
      valueName: "size"))
  var splitSize: ByteSize?

  @Flag(help: "Replace GGUF files that already exist, in one step.")
  var force = false

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let line = ProgressLine("export", unit: .bytes, quiet: progress.quiet)
    var export = GGUFExport(source: artifact, target: output)
    export.exit = exit
    export.splitSize = splitSize?.bytes
    export.force = force
    export.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let result = try UsageError.naming([.splitSize: "--split-size"]) { try export.run() }
    line.finish()
    if json {
      try Terminal.print(result.json.text())
    } else {
      try Terminal.print(
        "\(result.shownFiles(output)): \(result.blocks) blocks, \(result.tensors) tensors, "
          + result.bytes.formattedBytes)
      for note in result.notes { try Terminal.print("note: \(note)") }
    }
  }
}

extension GGUFExport.Result {
  fileprivate var bytes: Int { files.reduce(0) { $0 + $1.digest.bytes } }

  fileprivate func shownFiles(_ output: String) -> String {
    guard let first = files.first, let last = files.last, files.count > 1 else { return output }
    return "\(first.path) to \(FileSystem.name(of: last.path))"
  }

  private static func json(_ file: (path: String, digest: FileDigest)) -> JSON {
    [
      "name": .string(FileSystem.name(of: file.path)),
      "bytes": .integer(Int64(file.digest.bytes)), "sha256": .string(file.digest.sha256),
    ]
  }

  fileprivate var json: JSON {
    [
      "model_id": .string(modelID), "exit": exit.map { .integer(Int64($0)) } ?? .null,
      "blocks": .integer(Int64(blocks)), "tensors": .integer(Int64(tensors)),
      "bytes": .integer(Int64(bytes)),
      "sha256": files.count == 1 ? .string(files[0].digest.sha256) : .null,
      "files": .array(files.map(Self.json)),
      "notes": .array(notes.map { .string($0) }),
    ]
  }
}
