import CleaveEvaluate
import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The work of `cleave plan`: it plays the recorded answers of a model's exits through a simulation of devices, link and
/// cloud, for every choice of exits, thresholds, mode, look-ahead and upload.
package struct Planner {
  private let manifest: Manifest
  private let model: PlanModel
  private let traces: PlanTraces
  private let edge: any StepCosts
  private let cloud: any StepCosts
  private let middle: (any StepCosts)?
  private let settings: PlanSettings
  /// Joules that the device takes to compute for so many seconds; nil where that is not known.
  private let energy: @Sendable (_ seconds: Double) -> Double?
  /// Called with the number of choices played and in all.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  /// - Parameters:
  ///   - artifact: a whole model with exits.
  ///   - name: the model's, in reports.
  ///   - traces: with their files' names, at least one.
  ///   - edge, cloud: what the model's steps take on the device and on the server.
  ///   - middle: what they take on a tier between; needs `settings.middleLink`.
  /// - Throws: `InputError` for a model without exits, and for traces of something else.
  package init(
    _ artifact: Artifact, name: String, traces: [(file: String, trace: ExitTrace)],
    edge: any StepCosts,
    cloud: any StepCosts, middle: (any StepCosts)? = nil, settings: PlanSettings,
    energy: @escaping @Sendable (_ seconds: Double) -> Double? = { _ in nil }
  ) throws {
    manifest = artifact.manifest
    model = PlanModel(
      name: name,
      depths: manifest.exits.map(\.depth) + [manifest.configuration.blockCount])
    guard manifest.role == .model, !manifest.exits.isEmpty else {
      throw InputError(
        file: artifact.path, location: "exits",
        found: manifest.role == .model ? "no exit" : "a bundle of role \(manifest.role.rawValue)",
        expected: "a whole model with exits",
        advice: "Attach exits with cleave exits fit or cleave train.")
    }
    precondition(!traces.isEmpty && (middle == nil) == (settings.middleLink == nil))
    if middle != nil { try Self.checkTiers(artifact) }
    self.middle = middle
    self.traces = try PlanTraces(
      traces.map(\.trace), files: traces.map(\.file), of: artifact.manifest)
    self.edge = edge
    self.cloud = cloud
    self.settings = settings
    self.energy = energy
  }

  /// A middle tier needs exits of its own, and sends no states back (specs/artifact.md, "Tiers").
  private static func checkTiers(_ artifact: Artifact) throws {
    let exits = artifact.manifest.exits
    for (isWrong, found, expected) in [
      (exits.count < 2, "one exit", "at least two exits, of which a middle tier has the last"),
      (
        exits.contains { $0.feedback != nil }, "an exit that states come back to",
        "exits without feedback, where a middle tier stands between"
      ),
      (
        !exits.dropFirst().contains { $0.reads == .model },
        "exits that read one another's states",
        "an exit behind the first that reads the model's, where a middle tier may begin"
      ),
    ] where isWrong {
      throw InputError(
        file: artifact.path, location: "exits", found: found, expected: expected,
        advice: "Plan without --middle, or train other exits.")
    }
  }

  /// Plays every choice.
  package func run() throws -> [PlanRow] {
    let entries = ChoiceList(manifest: manifest, settings: settings, traces: traces).all()
    var rows: [PlanRow] = []
    for entry in entries {
      rows.append(try play(entry))
      progress(rows.count, entries.count)
    }
    return rows
  }

  private func play(_ entry: ChoiceList.Entry) throws -> PlanRow {
    let choice = entry.choice
    let trace = traces.traces[entry.trace]
    let scenario = scenario(choice, trace)
    // All texts once, or each client some, so that their load is felt for most of the time.
    let textsEach = max(4, (trace.texts.count + settings.clients - 1) / settings.clients)
    let outcome = Simulation.run(
      scenario, textsEach: settings.clients == 1 ? trace.texts.count : textsEach)
    let mode = choice.mode.hasCloud ? ExitPolicy.Mode.collaborative : .standalone
    let wrong =
      choice.mode.isVerified
      ? Estimate(value: 0, standardError: 0)
      : PolicyShares(choice.thresholds, mode: mode, traces.scores[entry.trace]).wrong
    let deviceSeconds = outcome.perToken(\.deviceSeconds)
    return PlanRow(
      model: model, choice: choice, trace: choice.mode.hasEdge ? trace.feedback : nil,
      mean: outcome.texts.reduce(0) { $0 + $1.seconds } / Double(outcome.texts.count),
      p50: outcome.quantile(0.5, \.seconds), p95: outcome.quantile(0.95, \.seconds),
      firstP50: outcome.quantile(0.5) { ($0.firstToken ?? $0.end) - $0.start },
      firstP95: outcome.quantile(0.95) { ($0.firstToken ?? $0.end) - $0.start },
      tokensPerText: Double(outcome.tokens) / Double(outcome.texts.count),
      cloudMilliseconds: 1000 * outcome.cloudSeconds / Double(outcome.tokens),
      middleMilliseconds: choice.middleExits > 0
        ? 1000 * outcome.middleSeconds / Double(outcome.tokens) : nil,
      bytesBehind: choice.middleExits > 0
        ? Double(outcome.bytesBehind) / Double(outcome.tokens) : nil,
      deviceMilliseconds: 1000 * deviceSeconds,
      bytesUp: outcome.perToken { Double($0.bytesUp) },
      bytesDown: outcome.perToken { Double($0.bytesDown) },
      joules: choice.mode.hasEdge ? energy(deviceSeconds) : energy(0).map { _ in 0 },
      edgeBytes: try edgeBytes(choice, trace),
      clientsCarried: choice.mode.hasCloud
        ? Double(settings.clients) * outcome.seconds
          / max(outcome.cloudSeconds, outcome.middleSeconds, 1e-9) : nil,
      fromCloud: outcome.perToken { Double($0.fromCloud) }, wrong: wrong)
  }

  private func edgeBytes(_ choice: PlanChoice, _ trace: ExitTrace) throws -> Int {
    guard choice.mode.hasEdge else { return 0 }
    let longest = trace.texts.map { $0.promptLength + $0.truth.count }.max() ?? 0
    return try EdgeMemory(manifest, exits: choice.exits, positions: longest).bytes
  }

  private func scenario(_ choice: PlanChoice, _ trace: ExitTrace) -> Scenario {
    let feedback = manifest.exits.prefix(choice.exits).lazy.compactMap(\.feedback).first
    return Scenario(
      blockCount: manifest.configuration.blockCount,
      exits: manifest.exits.map {
        Scenario.Exit(
          depth: $0.depth, readsModel: $0.reads == .model, hasFeedback: $0.feedback != nil)
      }, texts: trace.texts, choice: choice, link: settings.link, edge: edge, cloud: cloud,
      sizes: sizes(choice.upload, feedback: feedback),
      messageSeconds: choice.mode == .cloudOnly ? 0 : settings.messageSeconds,
      requestSeconds: settings.requestSeconds, clients: settings.clients, think: settings.think,
      middle: middle.flatMap { costs in
        // A middle tier uploads float32.
        settings.middleLink.map {
          Scenario.Middle(costs: costs, link: $0, sizes: sizes(.float32))
        }
      })
  }

  private func sizes(_ upload: StatesEncoding, feedback: ExitFeedback? = nil) -> MessageSizes {
    MessageSizes(
      width: manifest.configuration.hiddenSize,
      vocabularySize: manifest.configuration.vocabularySize, positions: 200, upload: upload,
      feedback: feedback)
  }
}
