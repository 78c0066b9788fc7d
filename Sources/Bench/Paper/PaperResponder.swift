import CleaveExits
import CleaveRuntime
import CleaveText

/// Makes and times a response in each mode, with the bundles and the model they were cut from.
struct PaperResponder {
  var edge: EdgeModel
  let cloud: CloudModel
  let whole: WholeModel
  let tokenizer: Tokenizer
  let pool: ThreadPool
  let link: LinkModel
  let machine: MachineModel
  let maxTokens: Int

  private var generation: Generation {
    Generation(maxTokens: maxTokens, stopTokens: Set(edge.manifest.tokens.endOfText))
  }

  func respond(to prompt: [Int], _ mode: PaperMode) async throws -> PaperResponse {
    switch mode.way {
    case .cloudOnly: return try await respondWhole(prompt)
    case .naiveSplit:
      let off = ExitPolicy.off(exits: edge.manifest.exits.count)
      return try await collaborate(prompt, off, synchronous: true)
    case .edge(let policy, let signal):
      var responder = self
      if let signal { responder.edge = edge.reading(signal) }
      return policy.mode == .standalone
        ? try await responder.respondAlone(prompt, policy)
        : try await responder.collaborate(prompt, policy, synchronous: false)
    }
  }

  /// Answers with the whole model in the cloud: token ids go up once, in a frame of their own; tokens
  /// come down as they are found, each in an `answer`, while the cloud continues.
  private func respondWhole(_ prompt: [Int]) async throws -> PaperResponse {
    let session = WholeModelSession(whole, pool: pool)
    var clock = VirtualClock(link)
    var (arrival, mark) = (clock.send(Self.header + 4 * prompt.count), ContinuousClock.now)
    var last = 0.0
    func found(_: Answer) {
      let computed = seconds(since: mark) / machine.cloudSpeedup
      arrival = clock.cloud(computed, from: arrival)
      last = clock.reply(Self.answerBytes, at: arrival)
      mark = .now
    }
    let result = try await generation.run(session, prompt: prompt) {
      found($0)
      return true
    }
    if let stop = result.stop { found(stop) }
    clock.wait(until: last)
    return response(result, clock, total: clock.now)
  }

  private func respondAlone(
    _ prompt: [Int], _ policy: ExitPolicy
  ) async throws -> PaperResponse {
    let session = EdgeSession(edge, policy: policy, pool: pool)
    var clock = VirtualClock(link)
    let mark = ContinuousClock.now
    let result = try await generation.run(session, prompt: prompt)
    clock.edge(seconds(since: mark) * machine.edgeSlowdown)
    return response(result, clock, total: clock.now)
  }

  private func collaborate(
    _ prompt: [Int], _ policy: ExitPolicy, synchronous: Bool
  ) async throws -> PaperResponse {
    let manager = CloudContextManager(cloud, pool: pool)
    let modelled = ModelledLink(
      manager, link: link, machine: machine,
      synchronous: synchronous)
    let client = try await CloudClient(
      modelled, edge: edge.manifest, feedback: EdgeSession.feedback(edge, policy: policy))
    let session = EdgeSession(edge, policy: policy, cloud: client, pool: pool)
    modelled.start()
    let result = try await generation.run(session, prompt: prompt)
    let total = modelled.stop().now
    return response(result, await modelled.drain(), total: total)
  }

  private func response(
    _ result: Generation.Result, _ clock: VirtualClock, total: Double
  ) -> PaperResponse {
    PaperResponse(
      tokens: result.all.map(\.token), text: tokenizer.decode(result.answers.map(\.token)),
      end: result.end.rawValue,
      requests: result.all.count { $0.source == .cloud || $0.source == .model }, total: total,
      costs: clock.costs)
  }

  /// The bytes of a message without a body.
  private static let header = Message.close.wireBytes
  private static let answerBytes = Message.answer(
    .init(position: 300, token: 30_000, maxProbability: 0.5, margin: 0.5)
  ).wireBytes
}
