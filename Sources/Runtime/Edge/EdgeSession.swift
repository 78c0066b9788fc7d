import CleaveExits
import CleaveModel

/// One generation on the edge: the blocks up to exit 1 run for every token, deeper ones when an exit is not
/// sure, and the cloud is asked when none is (CE-CoLLM, arXiv 2411.02829). The hidden state of every position
/// where exit 1 reads, before any tail, goes to the cloud before or with the next request, so the cloud's context is
/// whole when it is asked. An exit's tail runs when the exit is asked.
package actor EdgeSession: DecodingSession {
  /// How the edge uses its cloud. With nothing set exits that are sure answer, and the edge waits for the cloud
  /// where none is.
  package struct Options: Equatable, Sendable {
    /// The most tokens that exits draft before the cloud verifies them at once. Above 0 the text is the whole
    /// model's (lossless); at 0 exits that are sure answer.
    package var longestDraft = 0
    /// How many tokens the edge goes on from its best draft while a cloud request is pending. The text is the
    /// same.
    package var lookAhead = 0
    /// The least chance that its drafts are right with which the edge goes on from them.
    package var leastChance = 0.5
    /// The longest wait for an answer, after which an exit answers (fallback); nil waits.
    package var maxWait: Duration?
    /// Whether exits that read hidden states from the cloud do without them. No calibration holds then.
    package var withoutFeedback = false

    package init(
      longestDraft: Int = 0, lookAhead: Int = 0, leastChance: Double = 0.5,
      maxWait: Duration? = nil, withoutFeedback: Bool = false
    ) {
      self.longestDraft = longestDraft
      self.lookAhead = lookAhead
      self.leastChance = leastChance
      self.maxWait = maxWait
      self.withoutFeedback = withoutFeedback
    }

    /// Whether the deepest exit drafts a token where no exit is sure.
    var drafts: Bool { lookAhead > 0 || maxWait != nil }
    /// Whether the text is the whole model's, whatever exits say.
    package var isLossless: Bool { longestDraft > 0 }
    /// Positions that may run before the cloud has answered for the one before them, and a few more: so far a session
    /// goes back. Copies of states are not made for fewer than 16 positions.
    var reach: Int { max(16, lookAhead + longestDraft + 2) }
    /// Whether positions may run before the cloud has answered for one before them.
    var goesAhead: Bool { lookAhead > 0 || longestDraft > 0 }
  }

  /// What came of drafts, look-ahead and waits.
  package struct Counts: Equatable, Sendable {
    /// Tokens that exits drafted.
    package var drafted = 0
    /// Drafts that the whole model agreed with.
    package var draftsAccepted = 0
    /// Cloud requests behind which the edge went on from a draft of its own.
    package var lookAheads = 0
    /// Look-aheads whose draft was right.
    package var lookAheadsAccepted = 0
    /// Answers that the edge waited for.
    package var waits = 0
    /// The time that it waited, in all.
    package var waited = Duration.zero
    /// Fallback answers: tokens of an exit where the cloud did not answer in time.
    package var fallbacks = 0

    package init() {}
  }

  let model: EdgeModel
  let policy: ExitPolicy
  /// How tokens are chosen; in a middle tier as the last request said.
  var sampling: Sampling
  let options: Options
  let numerics: Numerics
  let cloud: CloudClient?
  /// One engine for each of the model's stacks.
  let engines: [Engine<GrowingKVCache>]
  /// Whether each stack is needed by an exit that may answer; nothing is appended to the others.
  let needed: [Bool]
  var workspace: Workspace
  var reader: LogitsReader
  /// The text's tokens that exits may answer with beside their vocabulary; nil where they may not.
  var text: TextTokens?
  /// The tokens that follow what the caller has fed, as far as they are decided or drafted.
  var ahead = LookAhead()
  /// How often drafts were right, by the confidence of their exits.
  var chances = DraftChances()
  package internal(set) var counts = Counts()
  /// What has come back from the cloud and taken effect; nil where nothing comes back.
  var effect: FeedbackEffect?
  /// Positions up to the last that ran through the first stack in a middle tier, whose states are there.
  var ranPositions = 0

  package nonisolated let contextLength: Int

  /// - Parameters:
  ///   - cloud: nil for an edge without a network; the policy must then be standalone.
  ///   - reach: positions that it must be able to go back; nil for what its options ask for.
  package init(
    _ model: EdgeModel, policy: ExitPolicy, sampling: Sampling = .greedy,
    numerics: Numerics = .standard, cloud: CloudClient? = nil, options: Options = Options(),
    reach: Int? = nil, pool: ThreadPool
  ) {
    precondition((0...Message.mostDrafts).contains(options.longestDraft))
    precondition(
      options.longestDraft == 0 || options.maxWait == nil, "an edge that falls back is not lossless"
    )
    precondition(options == Options() || cloud != nil, "options are for asking a cloud")
    precondition(policy.thresholds.count == model.exits.count, "a threshold for each exit")
    precondition((policy.mode == .standalone) == (cloud == nil), "standalone means without a cloud")
    precondition(cloud.map { $0.numerics == numerics } ?? true, "edge and client compute alike")
    let feedback = cloud == nil ? nil : Self.feedback(model, policy: policy, options: options)
    precondition(cloud?.feedback == feedback, "the client asks for what the exits read")
    self.model = model
    self.policy = policy
    self.sampling = sampling
    self.options = options
    self.numerics = numerics
    self.cloud = cloud
    text = TextTokens(model.vocabulary)
    let reach = reach ?? (cloud == nil ? 0 : options.reach)
    engines = model.stacks.map { Engine($0.blocks, numerics: numerics, reach: reach) }
    needed = Self.needed(model, policy, options)
    let configuration = model.manifest.configuration
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
    contextLength = configuration.contextLength
    effect = feedback.map { _ in
      FeedbackEffect(width: configuration.hiddenSize, keepsRows: options.goesAhead)
    }
  }

  /// Finds the stacks that must run.
  private static func needed(
    _ model: EdgeModel, _ policy: ExitPolicy, _ options: Options
  ) -> [Bool] {
    let deepest = model.exits.count - 1
    return model.needed(
      by: model.exits.indices.filter {
        policy.canAnswer($0) || (options.drafts && $0 == deepest)
      })
  }

  /// The hidden states that a session's client asks its cloud to send back: none where no exit that may answer or
  /// draft reads any.
  ///
  /// - Parameter policy: of a session with a cloud.
  package static func feedback(
    _ model: EdgeModel, policy: ExitPolicy, options: Options = Options()
  ) -> ExitFeedback? {
    guard !options.withoutFeedback, let stack = model.feedbackStack,
      needed(model, policy, options)[stack]
    else { return nil }
    return model.feedback
  }

  /// Positions that have run through the first blocks, look-ahead included.
  var positions: Int { engines[0].positions() }
  /// Tokens that the caller has fed.
  private var fed: Int { ahead.start }

  package func feed(_ tokens: [Int]) async throws {
    try ContextLimitError.check(fed + tokens.count, contextLength: contextLength)
    // Before anything is fed or uploaded.
    try model.embedding.check(tokens[...])
    if tokens.count == 1, ahead.take(tokens[0]) {
      if positions < fed { try await append(tokens) }
      return
    }
    try await dropAhead()
    ahead.skip(tokens.count)
    try await append(tokens)
  }

  /// Runs and uploads in pieces: the states of a long prompt are never held all at once, and the cloud
  /// has the first while the rest is computed.
  func append(_ tokens: [Int]) async throws {
    var rest = tokens[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Workspace.largestBatch)
      rest = rest.dropFirst(piece.count)
      try engines[0].append(piece, model.embedding)
      text?.append(piece)
      try run(0)
      effect?.append(engines[0].states)
      try await cloud?.upload(engines[0].states, of: piece)
    }
  }

  package func answer() async throws -> Answer {
    precondition(fed > 0, "nothing was fed")
    guard let cloud else {
      guard let answer = try askExits().best else {
        preconditionFailure("a standalone policy always answers")
      }
      return answer
    }
    return try await answer(with: cloud)
  }

  /// Makes room for a context of this many tokens, so that decoding does not grow it.
  package func reserve(_ positions: Int) throws {
    for index in engines.indices where needed[index] {
      try engines[index].reserve(positions)
    }
    workspace.rotary.cover(positions)
  }
}
