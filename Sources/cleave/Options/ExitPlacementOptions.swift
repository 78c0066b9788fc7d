import ArgumentParser
import CleaveExits
import CleaveModel

/// Options of `exits add`, `exits fit` and `train` that say where exits stand and what they are made of.
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
    help: ArgumentHelp(
      """
      Blocks of the model that a tail begins as copies of: last, its last ones; next, those after the hidden \
      state that the tail reads; a number, those from that block on, counted from 0; auto, chosen by trying \
      them on texts (exits fit and train). Tails that read one another share them in order (default: last, or \
      as exits that the model already has began).
      """, valueName: "blocks"),
    transform: TailOption.init(text:))
  var tails: TailOption?

  @Flag(
    help: """
      The first exit's tail gets the model's hidden states back from the cloud with its answers, at the depth \
      that the tail's blocks were copied from.
      """)
  var feedback = false

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
      return try ExitPlacement(
        depths: at, bodies: body ?? standard, replacesBlocks: replace, feedback: feedback)
    } catch {
      throw ValidationError(error.description)
    }
  }
}

/// The blocks that tails begin as copies of, as `--init` says.
enum TailOption: Equatable, Sendable {
  case start(TailStart)
  /// The blocks are chosen by trying them.
  case auto

  init(text: String) throws {
    if text == "auto" {
      self = .auto
    } else if let start = TailStart(text: text) {
      self = .start(start)
    } else {
      throw ValidationError("expected auto, \(TailStart.forms)")
    }
  }

  /// The blocks given; nil where they are chosen.
  var start: TailStart? { if case .start(let start) = self { start } else { nil } }
}
