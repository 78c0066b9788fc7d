import ArgumentParser
import CleaveGenerate
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The command `cleave run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Generate text with an edge bundle, alone or with its cloud.",
    discussion: """
      Without --cloud the edge answers every token by itself: where no exit is confident, the last one \
      answers. With --cloud the edge asks the cloud where no exit is confident. The cloud is a bundle \
      that runs in this process, or one that `cleave serve` serves at HOST:PORT (in builds with --traits \
      Network). A model artifact runs whole, without exits.

      With --interactive each line of standard input is a turn of a conversation, in the model's chat template. \
      /reset begins anew, /quit or the end of the input ends. The KV caches are kept between turns.
      """)

  @Argument(help: "Edge bundle, or a model artifact to run whole.")
  var artifact: String

  @Option(help: "Cloud bundle, or HOST:PORT of a cloud that is served.")
  var cloud: String?

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: "Text to continue; with --chat, the user's message.")
  var prompt: String?

  @Option(help: "Read the prompt from this file; - is standard input.")
  var promptFile: String?

  @Flag(help: "Put the prompt into the model's chat template.")
  var chat = false

  @Flag(name: .shortAndLong, help: "Converse: each line of standard input is a turn.")
  var interactive = false

  @Option(
    help: ArgumentHelp(
      """
      With --interactive: memory for KV caches between turns, in MiB; 0 reads every turn from the beginning of \
      the conversation.
      """, valueName: "mib"))
  var conversationCache = 256

  @Option(help: "System message for --chat and --interactive.")
  var system: String?

  @Option(
    help: """
      Confidence from which the exits answer: one number for all, or one for each as in 0.8,0.9. A number \
      above 1 switches an exit off (default: the bundle's own thresholds).
      """)
  var threshold: String?

  @OptionGroup var used: UsedExitOptions

  @OptionGroup(title: "Signatures") var trust: TrustOptions

  @OptionGroup(title: "Asking the cloud") var collaboration: CollaborationOptions

  @OptionGroup(title: "A cloud at HOST:PORT") var remote: RemoteOptions

  @OptionGroup(title: "Sampling") var sampling: SamplingOptions

  @Flag(help: "Colour each token by what answered it, an exit or the cloud.")
  var color = false

  @OptionGroup var engine: EngineOptions

  @Flag(help: "Print the result as JSON on standard output, at the end.")
  var json = false

  func validate() throws {
    _ = try thresholds()
    guard interactive || (prompt == nil) != (promptFile == nil) else {
      throw ValidationError("expected either --prompt or --prompt-file, or --interactive")
    }
    guard !interactive || (prompt == nil && promptFile == nil) else {
      throw ValidationError("--interactive reads standard input: expected no other prompt")
    }
    guard (0...(1 << 20)).contains(conversationCache) else {
      throw ValidationError("--conversation-cache: expected 0 to 1048576 MiB")
    }
    guard interactive || conversationCache == 256 else {
      throw ValidationError("--conversation-cache needs --interactive")
    }
    guard cloud != nil || !remote.isGiven else {
      throw ValidationError("TLS, tokens and --insecure-plaintext need --cloud HOST:PORT")
    }
    guard cloud != nil || !collaboration.isGiven else {
      throw ValidationError(
        "--lossless, --look-ahead, --max-wait, --codec, --upload and --without-feedback need --cloud"
      )
    }
    if system != nil, !chat, !interactive {
      throw ValidationError("--system needs --chat or --interactive")
    }
  }

  func run() async throws {
    try await UsageError.naming([
      .thresholds: "--threshold", .prompt: "--prompt", .longestWait: "--max-wait",
      .chosenEncoding: "--codec auto", .cloudEncryption: "--cloud",
    ]) { try await interactive ? converse() : generate() }
  }

  /// The time in milliseconds in which a generation that is told to end shows what it has. A token of
  /// a large model, or an answer of a cloud, may take longer and is not waited for.
  static let patience: Int32 = 100
  /// More tokens than a tokenizer or a chat template puts around texts.
  private static let tokensAround = 256

  private func generate() async throws {
    var opening = OpeningTimes()
    let text = try promptText()
    // No token is shorter than a byte, but for those that a tokenizer or a chat template puts around the text.
    let artifact = try used.open(
      artifact,
      positions: text.utf8.count + (system?.utf8.count ?? 0) + Self.tokensAround
        + sampling.maxTokens)
    try trust.check(artifact)
    let cloud = try connector()
    opening.finish("manifest")
    let generator = try TextGenerator(
      artifact, cloud: cloud, settings: try settings(), opening: opening)
    if threshold == nil, let doubt = doubt(artifact) {
      printError("cleave: warning: \(doubt)")
    }
    let request = try request(text, generator)
    let printer = TokenPrinter(
      color: color, exits: generator.exitDepths, hasCloud: generator.hasCloud, silent: json)
    let progress = PromptProgress(quiet: json)
    Interruption.stopGently(within: Self.patience)
    let outcome = try await generator.run(
      request, onText: printer.show, onEvent: { printError("cleave: \($0)") },
      onPrompt: progress.show, isInterrupted: { Interruption.isRequested })
    progress.finish()
    if json {
      try Terminal.print(outcome.json.text())
    } else {
      try Terminal.print("")
      printError(outcome.summary)
    }
    if Interruption.isRequested { throw Interrupted() }
  }

  /// The reason why the bundle's own thresholds promise nothing for this run; nil where they do.
  func doubt(_ artifact: Artifact) -> String? {
    guard artifact.unusedExits == 0 else {
      return "with \(artifact.unusedExits) of the exits not used, thresholds promise nothing"
    }
    return artifact.manifest.doubt(engine.numerics)
      ?? (cloud == nil ? nil : artifact.manifest.doubt(codec: collaboration.codec))
  }

  func connector() throws -> CloudConnector? {
    guard let cloud else { return nil }
    let address = try CloudAddress(cloud)
    if case .bundle(let bundle) = address { try trust.check(bundle) }
    guard address.isServer || !remote.isGiven else {
      throw ValidationError("--cloud \(cloud) is a bundle: expected HOST:PORT with these options")
    }
    return try CloudConnector(
      address, encoding: collaboration.encoding,
      options: collaboration.sessionOptions(isServer: address.isServer),
      access: try remote.access())
  }

  private func settings() throws -> TextGenerator.Settings {
    var settings = TextGenerator.Settings()
    settings.sampling = sampling.sampling
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    settings.thresholds = try thresholds()
    return settings
  }

  private func request(
    _ text: String, _ generator: TextGenerator
  ) throws -> TextGenerator.Request {
    var request = TextGenerator.Request(
      text: chat ? try generator.chatText(text, system: system) : text,
      maxTokens: sampling.maxTokens)
    request.stop = sampling.stop
    request.addsSpecialTokens = !chat
    return request
  }

  private func promptText() throws -> String {
    if let prompt { return prompt }
    return try TextFile.read(promptFile ?? "-")
  }

  func thresholds() throws -> [Double]? {
    try threshold.map { try ThresholdList($0).values }
  }
}
