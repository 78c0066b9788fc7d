import ArgumentParser
import CleaveModel
import CleaveRuntime
import CleaveStorage

struct LoadPeerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load-peer",
    abstract: "The whole model for many clients at once, batched, without a network.",
    discussion: """
      The peer of `load`: as many texts side by side as there are clients, each followed at once by its \
      client's next. Prints JSON for each number of clients.
      """)

  @Argument(help: "Model artifact.") var model: String
  @OptionGroup var options: LoadOptions

  func run() async throws {
    let artifact = try Artifact(opening: model)
    let prompts = try options.load(artifact)
    let (whole, pool) = (try WholeModel(artifact), try ThreadPool(threads: 1))
    for clients in [1] + options.counts {
      let start = (CoreTime.ours, ContinuousClock.now)
      let figures = try run(whole, prompts, clients: clients, pool)
      try Channel.reply(
        figures.json(
          clients: clients, seconds: start.1.duration(to: .now) / .seconds(1),
          core: CoreTime.ours - start.0
        ).text())
    }
  }

  private func run(
    _ model: WholeModel, _ prompts: [[Int]], clients: Int, _ pool: ThreadPool
  ) throws -> LoadFigures {
    let decoder = try BatchDecoder(
      model, maxTokens: options.tokens, stopTokens: Set(model.manifest.tokens.endOfText),
      longest: (prompts.map(\.count).max() ?? 0) + options.tokens, slots: clients, pool: pool)
    let requests = (0..<(clients * options.texts)).map {
      BatchDecoder.Request(prompt: prompts[$0 % prompts.count], sampling: .greedy)
    }
    var moments = [[ContinuousClock.Instant]](repeating: [], count: requests.count)
    var begun = min(clients, requests.count)
    for request in 0..<begun { moments[request] = [.now] }
    try decoder.run(
      requests, onToken: { moments[$0].append(.now) },
      onEnd: { _, _ in
        guard begun < requests.count else { return }
        moments[begun] = [.now]
        begun += 1
      })
    var figures = LoadFigures()
    for text in moments { figures.add(text) }
    // The last token of a text is not fed.
    figures.positions =
      requests.reduce(0) { $0 + $1.prompt.count } + figures.tokens - requests.count
    return figures
  }
}
