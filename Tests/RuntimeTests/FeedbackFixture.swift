import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// A model cut in two, one of whose exits gets states back from the cloud.
struct FeedbackFixture {
  let scratch: Scratch
  let model: Artifact
  let shape: FeedbackShape?
  let whole: WholeModel
  let edge: EdgeModel
  let cloud: CloudModel
  let pool: ThreadPool

  /// Exits of random weights, which seldom say what the model says.
  init(_ shape: FeedbackShape) throws {
    let scratch = try Scratch()
    try self.init(TinyModel.llama3.withFeedback(shape, into: scratch), shape, scratch)
  }

  /// One exit, whose tail is the rest of the model: without states that come back it says what the model says, with
  /// those of another depth it often does.
  static func close() throws -> FeedbackFixture {
    let scratch = try Scratch()
    _ = try TinyModel.llama3.withExits([3], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 3)]
      $0.tailStart = .next
    }
    let exits = try Artifact(opening: scratch("exits"))
    let writer = try ArtifactWriter(target: scratch("close"), sources: [], force: false)
    for file in exits.manifest.files { try writer.link(file.path, from: exits) }
    var manifest = exits.manifest
    manifest.exits[0].feedback = ExitFeedback(depth: 4, format: .float16)
    _ = try writer.finish(manifest)
    return try FeedbackFixture(Artifact(opening: scratch("close")), nil, scratch)
  }

  private init(_ model: Artifact, _ shape: FeedbackShape?, _ scratch: Scratch) throws {
    self.scratch = scratch
    self.model = model
    self.shape = shape
    let bundles = try TinyModel.partition(model, into: scratch)
    whole = try WholeModel(model)
    edge = try EdgeModel(bundles.edge)
    cloud = try CloudModel(bundles.cloud)
    pool = try ThreadPool(threads: 1)
  }

  var hidden: Int { edge.manifest.configuration.hiddenSize }
  var exits: [ExitRecord] { edge.manifest.exits }

  func manager(_ limits: CloudLimits = CloudLimits()) -> CloudContextManager {
    CloudContextManager(cloud, pool: pool, limits: limits)
  }

  /// Bytes of one session of this many positions, as a cloud charges them at the most.
  func bytes(positions: Int) -> Int {
    let configuration = edge.manifest.configuration
    let tiles = (positions + 63) / 64 * 64
    let codec = edge.feedback.map { StatesCodec($0, hiddenSize: hidden).positionBytes } ?? 0
    return 2 * cloud.manifest.blocks.count * configuration.kvSize * 2 * tiles
      + positions * (2 * 4 * hidden + codec)
  }

  func prompt(_ seed: Int, count: Int = 9) -> [Int] {
    (0..<count).map { (seed * 37 + $0 * $0 * 11 + 3) % 300 }
  }

  /// Opens a session.
  func session(
    _ link: any CloudLink, _ policy: ExitPolicy, options: EdgeSession.Options = .init(),
    sampling: Sampling = .greedy, reconnection: CloudClient.Reconnection? = nil
  ) async throws -> (session: EdgeSession, client: CloudClient) {
    let client = try await CloudClient(
      link, edge: edge.manifest,
      feedback: EdgeSession.feedback(edge, policy: policy, options: options),
      reconnection: reconnection)
    let session = EdgeSession(
      edge, policy: policy, sampling: sampling, cloud: client, options: options, pool: pool)
    return (session, client)
  }

  /// Thresholds that about this share of an exit's answers pass, by the exits' confidences on the whole model's
  /// text where nothing has come back, or the text before each place.
  func policy(passing share: Double, prompt: [Int]) async throws -> ExitPolicy {
    let text = try await prompt + tokens(after: prompt, 30)
    var reader = ExitReader(edge, pool: pool)
    let states = try states(of: text)
    let read = try [0, 1].map { late in
      try reader.answers(
        after: text, last: 30,
        returned: ReturnedStates(
          states: states, rows: (0..<30).map { late * (prompt.count + $0 - 1) }))
    }
    let thresholds = exits.indices.map { exit in
      let confidences = (read[0][exit] + read[1][exit]).map { $0.confidence(exits[exit].signal) }
      return Double(confidences.sorted()[Int(Double(confidences.count) * (1 - share))])
    }
    return ExitPolicy(thresholds: thresholds, mode: .collaborative)
  }

  func tokens(
    after prompt: [Int], _ count: Int, sampling: Sampling = .greedy
  ) async throws -> [Int] {
    try await Generation(maxTokens: count)
      .run(WholeModelSession(whole, sampling: sampling, pool: pool), prompt: prompt)
      .answers.map(\.token)
  }

  /// What an edge has of the states that come back of a text.
  func states(of text: [Int]) throws -> [Float] {
    guard let feedback = edge.feedback else { return [] }
    return try StatesCodec(feedback, hiddenSize: hidden)
      .received(whole.states(of: text, depth: feedback.depth, pool: pool))
  }

  /// The answers of a greedy policy on a text, one for each of its last tokens, by the definition: from the text and
  /// the places where the cloud was asked.
  ///
  /// - Parameter asks: whether what the cloud sends back takes effect.
  func expected(
    _ policy: ExitPolicy, prompt: [Int], _ tokens: [Int], asks: Bool = true
  ) async throws -> [Answer] {
    let text = prompt + tokens.dropLast()
    let states = try states(of: text)
    let session = WholeModelSession(whole, pool: pool)
    try await session.feed(text)
    let truths = try await session.choices(ofLast: tokens.count)
    var reader = ExitReader(edge, pool: pool)
    var (answers, asked): ([Answer], Int) = ([], 0)
    for place in tokens.indices {
      let position = prompt.count + place
      let exits = try reader.answers(
        after: Array(text[..<position]), last: 1,
        returned: ReturnedStates(states: states, rows: [asked])
      ).map { $0[0] }
      let sure = policy.firstSure { exits[$0].confidence(self.exits[$0].signal) }
      if let sure {
        answers.append(
          Answer(
            token: exits[sure].token, source: .exit(depth: self.exits[sure].depth),
            confidence: exits[sure].confidence(self.exits[sure].signal)))
      } else {
        answers.append(Answer(token: truths[place], source: .cloud, confidence: 0))
        if asks { asked = position }
      }
    }
    return answers
  }
}

/// A link whose replies are not seen before somebody waits: the edge goes as far ahead as it may.
struct LateLink: CloudLink {
  let link: InProcessLink

  init(_ cloud: CloudContextManager) { link = InProcessLink(cloud) }

  func send(_ message: Message) { link.send(message) }
  func receive() async throws -> Message { try await link.receive() }
  func receive(within limit: Duration?) async throws -> Message {
    try await link.receive(within: limit)
  }
  func poll() throws -> Message? { nil }
  func close() { link.close() }
}

/// A link that ends after so many replies.
actor ShortLink: CloudLink {
  private let link: InProcessLink
  private var left: Int

  init(_ cloud: CloudContextManager, replies: Int) {
    link = InProcessLink(cloud)
    left = replies
  }

  nonisolated func send(_ message: Message) { link.send(message) }
  nonisolated func close() { link.close() }
  nonisolated func poll() throws -> Message? { nil }

  func receive() async throws -> Message {
    guard left > 0 else { throw LinkClosed("it was short") }
    left -= 1
    return try await link.receive()
  }
}
