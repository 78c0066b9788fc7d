import ArgumentParser
import CleaveExits
import CleaveModel

struct ExitsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Attach untrained exits.",
    discussion: """
      Each exit is a body, the final norm and the model's own head after that many blocks. Untrained \
      exits make the path whole; they are seldom sure and seldom right before they are trained.

      A body is "norm", nothing more; "affine", a matrix and a bias added to the state, or "affine:RANK", \
      the matrix as a product of two; "mlp", a feed-forward network added to it; or "tail:BLOCKS", whole \
      transformer blocks that the exit has for itself. Before training, affine and mlp change nothing, \
      and the blocks of a tail are copies of the model's.

      With --replace, every exit after the first goes on from the one before, and its tail takes the \
      place of the model's blocks between: the edge does not hold those. In --at 12,20 --body tail:4 \
      --replace, a model of 30 blocks gives the edge its first 12, and 8 of the exits' own.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Blocks before each exit, as in 10,20.")
  var at: String

  @Option(
    help: """
      Body of each exit: \(ExitBody.forms). One for all, or one each with commas, as in \
      tail:4,affine:64.
      """)
  var body = "norm"

  @Flag(
    help: "Every exit after the first goes on from the one before, in place of the model's blocks.")
  var replace = false

  @Option(
    name: .customLong("init"),
    help: """
      What a tail begins as: copies of the model's last blocks, or of the next after the state it \
      reads. Tails that go on from one another divide them in order. (default: last)
      """)
  var tailStart: TailStart?

  @Option(help: "Confidence from which an exit answers; above 1 switches it off.")
  var threshold = 0.9

  @Option(name: .shortAndLong, help: "Directory to make.")
  var output: String

  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    let placement = try placement()
    if tailStart != nil, !placement.hasTails {
      throw ValidationError("--init is what tails begin as; --body \(body) has none")
    }
  }

  private func placement() throws -> ExitPlacement {
    do {
      return try ExitPlacement(depths: at, bodies: body, replacesBlocks: replace)
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    var attachment = ExitAttachment(
      source: model, target: output, placement: try placement(), threshold: threshold)
    attachment.tailStart = tailStart ?? .last
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

extension TailStart: ExpressibleByArgument {}
