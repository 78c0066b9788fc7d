import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

struct PaperCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paper",
    abstract: "The work of the CE-CoLLM paper: each mode's times, bytes and texts.",
    discussion: """
      Answers prompts with the whole model in the cloud, a naive split, the edge alone, and edge and \
      cloud together, most probable token by token, in the chat template. Computing is real and measured; \
      the link is modelled. Prints JSON. Exits with 1 when the naive split's tokens are not the whole \
      model's, with 2 for bad input. tools/bench/paper.py makes tables of it.
      """)

  @Argument(help: "Edge bundle.") var edge: String
  @Argument(help: "Cloud bundle.") var cloud: String
  @Argument(help: "The model they were cut from.") var model: String

  @Option(
    help: ArgumentHelp("Prompts, FILE:FIELD[#COUNT][:FORMAT].", valueName: "source"))
  var prompts: [String] = []

  @Option(help: "The most prompts of a source that gives no #COUNT (default: all).")
  var limit: Int?

  @Option(
    help: ArgumentHelp("Leave out texts whose SHA-256 is in this file.", valueName: "file"))
  var excludeHashes: String?

  @Flag(help: "Prompts as they stand, without the chat template.") var plain = false
  @Option(help: "The most tokens of a prompt; longer texts are cut.") var maxPromptTokens = 400
  @Option(help: "The most tokens of an answer.") var maxTokens = 100
  @Option(help: "Threads of edge and cloud, which never compute at once.") var threads: Int
  @Option(help: "Of the link, each way, in Mbit/s.") var bandwidth = 30.0
  @Option(help: "Of the link, in milliseconds.") var roundTrip = 20.0
  @Option(help: "How many times slower the edge is than this machine.") var edgeSlowdown = 1.0
  @Option(help: "How many times faster the cloud is than this machine.") var cloudSpeedup = 1.0

  func validate() throws {
    guard !prompts.isEmpty else { throw ValidationError("expected --prompts") }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
    for (name, value) in [
      ("--limit", limit ?? 1), ("--max-tokens", maxTokens),
      ("--max-prompt-tokens", maxPromptTokens),
    ] where !(1...(1 << 20)).contains(value) {
      throw ValidationError("\(name) \(value): expected 1 to \(1 << 20)")
    }
    for (name, value) in [
      ("--bandwidth", bandwidth), ("--edge-slowdown", edgeSlowdown),
      ("--cloud-speedup", cloudSpeedup),
    ] where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) \(value): expected more than 0")
    }
    guard roundTrip >= 0, roundTrip.isFinite else {
      throw ValidationError("--round-trip \(roundTrip): expected at least 0")
    }
  }

  func run() async throws {
    do {
      var run = try prepare()
      run.progress = { done, total in
        Channel.note("paper  \(done)/\(total) prompts")
      }
      try await run.run()
      try Channel.reply(json(run).text())
      guard run.broken.isEmpty else {
        Channel.note("paper: the naive split is not the whole model on prompts \(run.broken)")
        throw ExitCode(1)
      }
    } catch let error as InputError {
      Channel.note("paper: \(error)")
      throw ExitCode(2)
    }
  }

  private func prepare() throws -> PaperRun {
    let artifact = try Artifact(opening: model)
    let (edge, cloud) = (try Artifact(opening: edge), try Artifact(opening: cloud))
    for bundle in [edge, cloud] where bundle.manifest.modelID != artifact.manifest.modelID {
      throw InputError(
        file: bundle.path, location: "model_id", found: bundle.manifest.modelID,
        expected: "\(artifact.manifest.modelID), that of \(artifact.path)")
    }
    let responder = PaperResponder(
      edge: try EdgeModel(edge), cloud: try CloudModel(cloud), whole: try WholeModel(artifact),
      tokenizer: try artifact.tokenizer(), pool: try ThreadPool(threads: threads),
      link: LinkModel(bandwidth: bandwidth * 1e6, roundTrip: roundTrip / 1000),
      machine: MachineModel(edgeSlowdown: edgeSlowdown, cloudSpeedup: cloudSpeedup),
      maxTokens: maxTokens)
    let prompts = try promptSet(artifact, responder).prompts
    try check(prompts, edge)
    return PaperRun(responder, prompts: prompts, modes: PaperMode.all(responder.edge))
  }

  /// Refuses prompts that the policy was calibrated on.
  private func check(_ prompts: [PromptSet.Prompt], _ edge: Artifact) throws {
    guard let evidence = try edge.calibrationEvidence(),
      let seen = prompts.first(where: { evidence.contains(sha256: $0.digest.sha256) })
    else { return }
    throw InputError(
      file: edge.path, location: "calibration", found: "the text of SHA-256 \(seen.digest.sha256)",
      expected: "prompts that the thresholds were not calibrated on",
      advice: "Leave them out with --exclude-hashes.")
  }

  private func promptSet(_ artifact: Artifact, _ responder: PaperResponder) throws -> PromptSet {
    let context = artifact.manifest.configuration.contextLength
    guard maxPromptTokens + maxTokens <= context else {
      throw InputError(
        file: artifact.path, location: "context_length", found: "\(context)",
        expected: "at least \(maxPromptTokens) + \(maxTokens), for a prompt and its answer",
        advice: "Ask for shorter prompts or answers.")
    }
    var settings = PromptSet.Settings(longest: maxPromptTokens)
    settings.sources = try prompts.map(PromptSource.init(parsing:))
    settings.limit = limit
    settings.excluded = try excludeHashes.map(ContentDigest.list(path:)) ?? []
    settings.usesChatTemplate = !plain
    return try PromptSet(settings, artifact, tokenizer: responder.tokenizer)
  }

  private func json(_ run: PaperRun) -> JSON {
    var json = JSONObject([
      (
        "setting",
        [
          "threads": .integer(Int64(threads)), "max_tokens": .integer(Int64(maxTokens)),
          "max_prompt_tokens": .integer(Int64(maxPromptTokens)),
          "bandwidth_mbit": .real(bandwidth), "round_trip_ms": .real(roundTrip),
          "edge_slowdown": .real(edgeSlowdown), "cloud_speedup": .real(cloudSpeedup),
        ]
      )
    ])
    if case .object(let object) = run.json {
      for member in object.members { json[member.name] = member.value }
    }
    return .object(json)
  }
}
