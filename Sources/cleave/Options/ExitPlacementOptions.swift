import ArgumentParser
import CleaveExits
import CleaveModel

/// Options of `exits add` and `train` that say where exits stand and what they are made of.
struct ExitPlacementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Exit depths with commas: the number of blocks before each exit, as in 10,20.",
      valueName: "depths"))
  var at: String

  @Option(
    help: ArgumentHelp(
      """
      Body of the exits: \(ExitBody.forms). One for all exits, or one for each with commas, as in \
      tail:4,affine:64 (default: norm for exits add, tail:2 for train).
      """, valueName: "bodies"))
  var body: String?

  @Flag(
    help: """
      Every exit after the first reads the exit before it, and its tail replaces the model's blocks \
      between the two on the edge.
      """)
  var replace = false

  @Option(
    name: .customLong("init"),
    help: """
      Blocks of the model that a tail begins as copies of: its last ones, or the next ones after the \
      hidden state that the tail reads. Tails that read one another share them in order (default: last, \
      or as exits that the model already has began).
      """)
  var tailStart: TailStart?

  @Option(
    help: """
      Confidence from which an exit answers, until the exits are calibrated. A number above 1 switches \
      the exits off.
      """)
  var threshold = 0.9

  /// - Parameter standard: the body where none is given.
  /// - Throws: `ValidationError` for depths or bodies that cannot be read.
  func placement(defaultBody standard: String) throws -> ExitPlacement {
    do {
      return try ExitPlacement(depths: at, bodies: body ?? standard, replacesBlocks: replace)
    } catch {
      throw ValidationError(error.description)
    }
  }
}

extension TailStart: ExpressibleByArgument {}
