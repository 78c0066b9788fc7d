import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The three artifacts under verification, opened and ready to generate.
final class VerifiedArtifacts: VerificationSubject {
  let prompts: [[Int]]
  private let edge: EdgeModel
  private let cloud: CloudContextManager
  private let model: WholeModel
  private let pool: ThreadPool
  private let maxTokens: Int
  private let numerics: Numerics
  /// What the edge uploads.
  private let encoding: StatesEncoding

  var exits: [ExitRecord] { edge.manifest.exits }

  init(_ verification: Verification) throws {
    pool = try ThreadPool(threads: verification.settings.threads)
    edge = try EdgeModel(verification.edge)
    numerics = verification.settings.numerics
    encoding = verification.cloud.manifest.exactEncoding
    cloud = CloudContextManager(
      try CloudModel(verification.cloud), numerics: numerics, pool: pool)
    model = try WholeModel(verification.model)
    maxTokens = verification.settings.maxTokens
    prompts = try verification.settings.tokens(by: verification.edge)
  }

  /// The whole model's greedy tokens. Stop tokens do not end generation, so that all prompts have
  /// equal weight.
  func wholeModel(_ prompt: [Int]) async throws -> [Int] {
    try await Generation(maxTokens: maxTokens)
      .run(WholeModelSession(model, numerics: numerics, pool: pool), prompt: prompt).answers.map(
        \.token)
  }

  /// The bundles' tokens with all exits off.
  func exitsOff(_ prompt: [Int]) async throws -> [Int] {
    let (session, client) = try await collaborativeSession(
      .off(exits: exits.count))
    let answers = try await Generation(maxTokens: maxTokens).run(session, prompt: prompt).answers
    await client.close()
    return answers.map(\.token)
  }

  /// Generates at the shipped thresholds, up to a stop token.
  ///
  /// - Returns: all answers, including the stop token, and the bytes to and from the cloud.
  func shipped(_ prompt: [Int], standalone: Bool) async throws -> ShippedAnswers {
    let generation = Generation(
      maxTokens: maxTokens, stopTokens: Set(edge.manifest.tokens.endOfText))
    if standalone {
      let session = EdgeSession(
        edge, policy: .shipped(edge.manifest, mode: .standalone), numerics: numerics, pool: pool)
      return ShippedAnswers(answers: try await generation.run(session, prompt: prompt).all)
    }
    let (session, client) = try await collaborativeSession(
      .shipped(edge.manifest, mode: .collaborative))
    let answers = try await generation.run(session, prompt: prompt).all
    await client.close()
    return await ShippedAnswers(
      answers: answers, bytesUp: client.bytesUp, bytesDown: client.bytesDown)
  }

  /// The whole model's token at each position of the text, from one forward pass.
  func teacherForced(_ prompt: [Int], _ tokens: [Int]) async throws -> [Int] {
    guard !tokens.isEmpty else { return [] }
    let session = WholeModelSession(model, numerics: numerics, pool: pool)
    try await session.feed(prompt + tokens.dropLast())
    return try await session.choices(ofLast: tokens.count)
  }

  /// The tokens of each exit at the last places of a text, if each block before it has run on each token.
  func exitTokens(after text: [Int], last count: Int, asked: [Int]) async throws -> [[Int]] {
    var returned: ReturnedStates?
    if let feedback = edge.feedback, let rows = asked.max(), rows > 0 {
      let states = try model.states(
        of: Array(text.prefix(rows)), depth: feedback.depth, numerics: numerics, pool: pool)
      let codec = StatesCodec(
        feedback, hiddenSize: edge.manifest.configuration.hiddenSize)
      returned = ReturnedStates(states: try codec.received(states), rows: asked)
    }
    var reader = ExitReader(edge, numerics: numerics, pool: pool)
    return try reader.answers(after: text, last: count, returned: returned).map {
      $0.map(\.token)
    }
  }

  private func collaborativeSession(
    _ policy: ExitPolicy
  ) async throws -> (EdgeSession, CloudClient) {
    let client = try await CloudClient(
      InProcessLink(cloud), edge: edge.manifest, numerics: numerics, encoding: encoding,
      feedback: EdgeSession.feedback(edge, policy: policy))
    return (
      EdgeSession(edge, policy: policy, numerics: numerics, cloud: client, pool: pool), client
    )
  }
}
