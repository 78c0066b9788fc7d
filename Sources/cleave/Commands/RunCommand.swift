import ArgumentParser
import CleaveModel
import CleaveRuntime
import CleaveStorage

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Generate text with an edge bundle, alone or with its cloud.",
    discussion: """
      Without --cloud the edge answers every token by itself: the last exit has the last word. With \
      --cloud a cloud is asked when no exit is sure: a bundle that runs in this process, or one that \
      `cleave serve` serves at HOST:PORT (builds with --traits Network). A model artifact runs whole, without exits.
      """)

  @Argument(help: "Edge bundle, or a model artifact to run whole.")
  var artifact: String

  @Option(help: "Cloud to ask when no exit is sure: a bundle, or HOST:PORT of one that is served.")
  var cloud: String?

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: "Text to continue; with --chat, the user's message.")
  var prompt: String?

  @Option(help: "Read the prompt from a file; - is standard input.")
  var promptFile: String?

  @Flag(help: "Put the prompt into the model's chat template.")
  var chat = false

  @Option(help: "System message for --chat.")
  var system: String?

  @Option(
    help:
      "Confidence from which exits answer, one for all or one each as in 0.8,0.9; above 1 never (default: what the bundle ships)."
  )
  var threshold: String?

  @OptionGroup(title: "Asking the cloud") var collaboration: CollaborationOptions

  @OptionGroup(title: "A cloud at HOST:PORT") var remote: RemoteOptions

  @OptionGroup(title: "Sampling") var sampling: SamplingOptions

  @Flag(help: "Colour each token by who gave it, an exit or the cloud.")
  var color = false

  @OptionGroup var engine: EngineOptions

  @Flag(help: "Print the result as JSON on standard output, when it is whole.")
  var json = false

  func validate() throws {
    _ = try thresholds()
    guard (prompt == nil) != (promptFile == nil) else {
      throw ValidationError("expected --prompt or --prompt-file, one of them")
    }
    guard cloud != nil || !remote.isGiven else {
      throw ValidationError("TLS, tokens and --insecure-plaintext need --cloud HOST:PORT")
    }
    guard cloud != nil || !collaboration.isGiven else {
      throw ValidationError("--lossless, --look-ahead, --max-wait and --codec need --cloud")
    }
    if system != nil, !chat { throw ValidationError("--system needs --chat") }
  }

  func run() async throws {
    var opening = OpeningTimes()
    let artifact = try Artifact(opening: artifact)
    let cloud = try cloud.map { try CloudChoice($0, remote) }
    opening.finish("manifest")
    let conversation = try Conversation(
      artifact: artifact, cloud: cloud, thresholds: try thresholds(),
      sampling: sampling.sampling, threads: engine.threads, numerics: engine.numerics,
      collaboration: collaboration, opening: opening)
    if threshold == nil, let doubt = artifact.manifest.doubt(engine.numerics) {
      printError("cleave: warning: \(doubt)")
    }
    let text = try conversation.promptText(try promptText(), chat: chat, system: system)
    let printer = TokenPrinter(
      color: color, exits: conversation.exitDepths, hasCloud: conversation.hasCloud, silent: json)
    Interruption.stopGently()
    let outcome = try await conversation.run(
      text, maxTokens: sampling.maxTokens, stop: sampling.stop, addSpecialTokens: !chat,
      printer: printer)
    if json {
      try Terminal.print(outcome.json.text())
    } else {
      try Terminal.print("")
      printError(outcome.summary)
    }
    if Interruption.isRequested { throw Interrupted() }
  }

  private func promptText() throws -> String {
    if let prompt { return prompt }
    return try TextFile.read(promptFile ?? "-")
  }

  private func thresholds() throws -> [Double]? {
    try threshold?.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let value = Double($0), value >= 0, value.isFinite else {
        throw ValidationError(
          "--threshold \(threshold ?? ""): expected numbers of at least 0 with commas")
      }
      return value
    }
  }
}
