/// One generation on the edge: blocks up to exit 1 for every token, deeper ones when an exit is not
/// sure, the cloud when none is (CE-CoLLM, arXiv 2411.02829). Every token's state where exit 1 reads,
/// before any tail, goes to the cloud as soon as it is known, so the cloud's context is whole when it is
/// asked. An exit's tail runs when the exit is asked.
package actor EdgeSession: DecodingSession {
  /// How the edge goes about asking. With nothing set it believes exits that are sure, and waits for the
  /// cloud where none is.
  package struct Options: Equatable, Sendable {
    /// Above 0 the text is the whole model's: what exits say is a draft of at most so many tokens, which the
    /// cloud looks through at once (lossless).
    package var longestDraft = 0
    /// Above 0 the edge goes on from its own best guess while the cloud is asked, so many tokens ahead. The
    /// text is the same.
    package var lookahead = 0
    /// The longest wait for an answer, after which the edge gives its own; nil waits.
    package var maxWait: Duration?

    package init(longestDraft: Int = 0, lookahead: Int = 0, maxWait: Duration? = nil) {
      self.longestDraft = longestDraft
      self.lookahead = lookahead
      self.maxWait = maxWait
    }

    /// Whether the deepest exit says what it thinks even where it is not sure.
    var guesses: Bool { lookahead > 0 || maxWait != nil }
  }

  /// What came of going ahead of the cloud.
  package struct Counts: Equatable, Sendable {
    /// Tokens that exits drafted, and those of them that the whole model agreed with.
    package var drafted = 0
    package var draftsRight = 0
    /// Asks behind which the edge went on from a guess, and those of them whose guess was right.
    package var guessed = 0
    package var guessesRight = 0
    /// Answers that were waited for, and how long.
    package var waits = 0
    package var waited = Duration.zero
    /// Tokens of the edge in the place of late answers.
    package var standIns = 0

    package init() {}
  }

  let model: EdgeModel
  let policy: ExitPolicy
  let sampling: Sampling
  let options: Options
  let cloud: CloudClient?
  /// One for each of the model's stacks.
  let engines: [Engine<GrowingKVCache>]
  /// Whether each stack is needed by an exit that may answer; nothing is appended to the others.
  let needed: [Bool]
  var workspace: Workspace
  var reader: LogitsReader
  /// Tokens that the caller has fed. The edge itself may be ahead of that.
  private var fed = 0
  /// What follows them, as far as it was thought about.
  var ahead = Ahead()
  package internal(set) var counts = Counts()

  package nonisolated let contextLength: Int

  /// - Parameter cloud: nil for an edge without a network; the policy must then be standalone.
  package init(
    _ model: EdgeModel, policy: ExitPolicy, sampling: Sampling = .greedy,
    numerics: Numerics = .standard, cloud: CloudClient? = nil, options: Options = Options(),
    pool: ThreadPool
  ) {
    precondition((0...Message.mostDrafts).contains(options.longestDraft))
    precondition(options.longestDraft == 0 || options.maxWait == nil, "who guesses is not lossless")
    precondition(options == Options() || cloud != nil, "options are for asking a cloud")
    precondition(policy.thresholds.count == model.exits.count, "a threshold for each exit")
    precondition(policy.standalone == (cloud == nil), "standalone means without a cloud")
    precondition(cloud.map { $0.numerics == numerics } ?? true, "edge and client compute alike")
    self.model = model
    self.policy = policy
    self.sampling = sampling
    self.options = options
    self.cloud = cloud
    engines = model.stacks.map { Engine($0.blocks, numerics: numerics) }
    let deepest = model.exits.count - 1
    needed = model.needed(
      by: model.exits.indices.filter {
        policy.mayAnswer(at: $0) || (options.guesses && $0 == deepest)
      })
    let configuration = model.manifest.configuration
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
    contextLength = configuration.contextLength
  }

  /// Positions that have run through the first blocks, those ahead of the caller too.
  var positions: Int { engines[0].positions() }
  /// The position whose token is known or thought about first.
  var firstAhead: Int { fed }

  package func feed(_ tokens: [Int]) async throws {
    try ContextLimitError.check(fed + tokens.count, contextLength: contextLength)
    // Before anything is fed or uploaded.
    try model.embedding.check(tokens[...])
    if tokens.count == 1, ahead.take(tokens[0]) {
      fed += 1
      if positions < fed { try await append(tokens) }
      return
    }
    await forgetAhead()
    fed += tokens.count
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
      try run(0)
      try await cloud?.upload(engines[0].states)
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
