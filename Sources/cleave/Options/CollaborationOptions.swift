import ArgumentParser
import CleaveRuntime

/// How `cleave run` goes about asking its cloud.
struct CollaborationOptions: ParsableArguments {
  @Flag(
    help: "The text is the whole model's: what exits are sure of is a draft that the cloud checks.")
  var lossless = false

  @Option(help: "Most tokens drafted before the cloud checks them, with --lossless.")
  var draft = 8

  @Option(
    help:
      "Tokens that the edge goes ahead on its own guess while the cloud is asked; the text stays the same (default: 8 with HOST:PORT, else 0)."
  )
  var lookAhead: Int?

  @Option(
    help:
      "Seconds to wait for an answer; later the edge gives its own and goes on alone while the cloud is slow or gone (default: wait). Needs HOST:PORT."
  )
  var maxWait: Double?

  @Option(
    help:
      "How states are packed: \(StatesEncoding.names.joined(separator: ", ")), or auto for what the link can carry. Only f32 keeps the whole model's text to the token."
  )
  var codec = "f32"

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
        "--lossless says what the whole model says, --max-wait what there is time for: one of them")
    }
    guard codec == "auto" || StatesEncoding(codec) != nil else {
      throw ValidationError(
        "--codec \(codec): expected one of \(StatesEncoding.names.joined(separator: ", ")), auto")
    }
  }

  /// Whether something was said that only a cloud has a use for.
  var isGiven: Bool { lossless || lookAhead != nil || maxWait != nil || codec != "f32" }

  func options(isRemote: Bool) -> EdgeSession.Options {
    EdgeSession.Options(
      longestDraft: lossless ? draft : 0, lookahead: lookAhead ?? (isRemote ? 8 : 0),
      maxWait: maxWait.map { .seconds($0) })
  }
}
