import ArgumentParser
import CleaveRuntime

/// Options of how `cleave run` asks its cloud.
struct CollaborationOptions: ParsableArguments {
  @Flag(
    help: """
      Generate exactly the text of the whole model: tokens that an exit is sure of are drafts, which \
      the cloud verifies.
      """)
  var lossless = false

  @Option(help: "With --lossless: the most draft tokens before the cloud verifies them.")
  var draft = 8

  @Option(
    help: """
      The most tokens that the edge decodes ahead, on its own best drafts, while a cloud request is \
      pending and the drafts are likely right. The text stays the same (default: 8 with --cloud \
      HOST:PORT, else 0).
      """)
  var lookAhead: Int?

  @Option(
    help: """
      Seconds to wait for an answer of the cloud at HOST:PORT; after that the deepest exit answers, \
      and the edge goes on alone for as long as the cloud is slow or gone (default: no limit).
      """)
  var maxWait: Double?

  @Option(
    help: """
      Encoding of the hidden states that are uploaded: \
      \(StatesEncoding.names.joined(separator: ", ")), or auto, which measures the link to HOST:PORT \
      and chooses what it can carry. Only f32 is sure to keep every token of the whole model's text.
      """)
  var codec = "f32"

  /// What an edge uploads of each position.
  enum Upload: String, ExpressibleByArgument, CaseIterable {
    case states, tokens
  }

  @Option(
    help: """
      What is uploaded of each position: states, or tokens to a cloud that holds all blocks (partition \
      --cloud-blocks all).
      """)
  var upload = Upload.states

  @Flag(
    help: """
      Do without the hidden states that the cloud sends back to an exit with feedback: for a cloud that \
      sends none. What calibration promises does not hold then.
      """)
  var withoutFeedback = false

  func validate() throws {
    guard (1...Message.mostDrafts).contains(draft) else {
      throw ValidationError("--draft \(draft): expected 1 to \(Message.mostDrafts)")
    }
    guard (0...64).contains(lookAhead ?? 0) else {
      throw ValidationError("--look-ahead \(lookAhead ?? 0): expected 0 to 64")
    }
    guard maxWait.map({ $0 > 0 && $0 <= 3600 }) ?? true else {
      throw ValidationError("--max-wait: expected above 0, up to 3600 seconds")
    }
    guard !lossless || maxWait == nil else {
      throw ValidationError(
        "--lossless keeps the whole model's text, --max-wait does not: expected one of them")
    }
    guard upload == .states || codec == "f32" else {
      throw ValidationError("--codec \(codec) is of hidden states: expected it or --upload tokens")
    }
    guard codec == "auto" || StatesEncoding(codec) != nil else {
      throw ValidationError(
        "--codec \(codec): expected one of \(StatesEncoding.names.joined(separator: ", ")), auto")
    }
  }

  /// Whether an option was given that only a cloud can heed.
  var isGiven: Bool {
    lossless || lookAhead != nil || maxWait != nil || codec != "f32" || upload != .states
      || withoutFeedback
  }

  /// nil for an encoding that is chosen by the link.
  var encoding: StatesEncoding? { upload == .tokens ? .tokens : StatesEncoding(codec) }

  /// - Parameter isServer: whether the cloud is a server, which takes longer to answer.
  func sessionOptions(isServer: Bool) -> EdgeSession.Options {
    EdgeSession.Options(
      longestDraft: lossless ? draft : 0, lookAhead: lookAhead ?? (isServer ? 8 : 0),
      maxWait: maxWait.map { .seconds($0) }, withoutFeedback: withoutFeedback)
  }
}
