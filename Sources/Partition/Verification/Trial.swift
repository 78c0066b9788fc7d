import CleaveModel
import CleaveRuntime

/// The three artifacts opened and ready to generate from the same prompts.
final class Trial {
  let prompts: [[Int]]
  private let edge: EdgeModel
  private let cloud: CloudContextManager
  private let model: WholeModel
  private let pool: ThreadPool
  private let settings: Verification.Settings
  private let progress: (_ stage: String, _ done: Int, _ total: Int) -> Void
  private var sessions: UInt64 = 0

  init(_ verification: Verification) throws {
    pool = ThreadPool(threads: verification.settings.threads)
    edge = try EdgeModel(verification.edge)
    cloud = CloudContextManager(try CloudModel(verification.cloud), pool: pool)
    model = try WholeModel(verification.model)
    settings = verification.settings
    progress = verification.progress
    let tokenizer = try Tokenizer(try verification.edge.tokenizerJSON())
    prompts = try verification.settings.prompts.enumerated().map { index, text in
      let tokens = tokenizer.encode(text)
      guard !tokens.isEmpty else {
        throw InputError(
          file: "prompts", place: "prompt \(index)", found: "no tokens", expected: "some text")
      }
      return tokens
    }
  }

  /// The whole model's greedy tokens; stop tokens do not end them, so that every prompt counts alike.
  func wholeModel(_ prompt: [Int]) async throws -> [Int] {
    let session = WholeModelSession(model, pool: pool)
    return try await Generation(maxTokens: settings.maxTokens).run(session, prompt: prompt)
      .answers.map(\.token)
  }

  func collaboration(_ prompt: [Int], thresholds: [Double]) async throws -> [Int] {
    let (session, client) = try await collaborativeSession(thresholds)
    let answers = try await Generation(maxTokens: settings.maxTokens).run(session, prompt: prompt)
      .answers
    await client.close()
    return answers.map(\.token)
  }

  /// Generates from every prompt at the shipped thresholds and judges each token by the whole model on
  /// the same text.
  ///
  /// - Returns: the report, and where the first wrong cloud answer stood, if any.
  func mode(
    standalone: Bool, name: String
  ) async throws -> (report: ModeReport, firstWrong: String?) {
    var report = ModeReport(
      tallies: edge.manifest.exits.map { (.exit(depth: $0.depth), ModeReport.Tally()) }
        + (standalone ? [] : [(.cloud, ModeReport.Tally())]))
    var firstWrong: String?
    let clock = ContinuousClock()
    for (index, prompt) in prompts.enumerated() {
      let start = clock.now
      let (answers, bytesUp) = try await generate(prompt, standalone: standalone)
      report.seconds += (clock.now - start) / .seconds(1)
      report.bytesUp += bytesUp
      let truths = try await teacherForced(prompt, answers.map(\.token))
      for (position, (answer, truth)) in zip(answers, truths).enumerated() {
        report.count(answer.source, agrees: answer.token == truth)
        if answer.source == .cloud, answer.token != truth {
          firstWrong = firstWrong ?? "prompt \(index), token \(position)"
        }
      }
      progress(name, index + 1, prompts.count)
    }
    return (report, firstWrong)
  }

  private func generate(
    _ prompt: [Int], standalone: Bool
  ) async throws -> (answers: [Answer], bytesUp: Int) {
    let generation = Generation(
      maxTokens: settings.maxTokens, stopTokens: Set(edge.manifest.tokens.endOfText))
    if standalone {
      let session = EdgeSession(
        edge, policy: .shipped(edge.manifest.exits, standalone: true), pool: pool)
      return (try await generation.run(session, prompt: prompt).answers, 0)
    }
    let (session, client) = try await collaborativeSession(edge.manifest.exits.map(\.threshold))
    let answers = try await generation.run(session, prompt: prompt).answers
    await client.close()
    return (answers, await client.bytesUp)
  }

  /// What the whole model would have said at each place of this text, from one pass over it.
  private func teacherForced(_ prompt: [Int], _ tokens: [Int]) async throws -> [Int] {
    guard !tokens.isEmpty else { return [] }
    let session = WholeModelSession(model, pool: pool)
    try await session.feed(prompt + tokens.dropLast())
    return await session.choices(ofLast: tokens.count)
  }

  private func collaborativeSession(
    _ thresholds: [Double]
  ) async throws -> (EdgeSession, CloudClient) {
    sessions += 1
    let client = try await CloudClient(
      InProcessLink(cloud), edge: edge.manifest, session: sessions)
    let policy = ExitPolicy(thresholds: thresholds, standalone: false)
    return (EdgeSession(edge, policy: policy, cloud: client, pool: pool), client)
  }
}
