import ArgumentParser
import CleaveExits
import CleaveModel

/// The command `cleave exits add`.
struct ExitsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add untrained early exits to a model.",
    discussion: """
      An exit reads the hidden state after a number of the model's blocks and predicts the token from \
      it, through its body, the final norm and the model's unembedding. Untrained exits make every later \
      step possible, but they are seldom confident and seldom right: `cleave train` adds trained ones, and `cleave exits fit` a better start in seconds.

      Bodies of an exit:
        norm        nothing but the norm
        affine      adds a matrix product and a bias to the hidden state; affine:RANK factors the \
      matrix into two of that rank
        mlp         adds a feed-forward network's output to the hidden state
        tail:N      N transformer blocks of the exit's own
        affine+tail:N   an affine map, which brings the hidden state to what the blocks expect, then the \
      blocks; affine:RANK+tail:N likewise
        affine+tail:N+affine   also a readout, an affine map from the state after the blocks to what the \
      unembedding expects; worth it before the last exit of a chain
      Before training, affine and mlp change nothing, and the blocks of a tail are copies of the model's.

      With --replace, every exit after the first reads the exit before it, and its tail replaces the \
      model's blocks between the two, which the edge then does not hold. With --at 12,20 --body tail:4 \
      --replace, the edge of a model of 30 blocks holds its first 12 blocks, and 8 blocks of tails.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @OptionGroup(title: "Exits") var exits: ExitPlacementOptions

  @Option(name: .shortAndLong, help: "Directory to write: the model with its exits.")
  var output: String

  @OptionGroup var outputOptions: OutputOptions

  private static let standardBody = "norm"

  func validate() throws {
    let placement = try exits.placement(defaultBody: Self.standardBody)
    if exits.tails == .auto {
      throw ValidationError(
        "--init auto tries blocks on texts: expected exits fit or train, which have texts")
    }
    if exits.tails != nil, !placement.hasTails {
      throw ValidationError(
        "--init is for exits with a tail; --body \(exits.body ?? Self.standardBody) has none")
    }
  }

  func run() throws {
    var attachment = ExitAttachment(
      source: model, target: output,
      placement: try exits.placement(defaultBody: Self.standardBody), threshold: exits.threshold)
    attachment.tailStart = exits.tails?.start ?? .last
    attachment.force = outputOptions.force
    let manifest = try attachment.run()
    if outputOptions.json {
      try Terminal.print(manifest.json.text())
    } else {
      try Terminal.print("\(output): \(manifest.summary)")
      try Terminal.print("The new exits are untrained and their thresholds are not calibrated.")
    }
  }
}
