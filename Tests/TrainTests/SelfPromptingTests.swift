import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveText
import CleaveTrain
import TestSupport
import Testing

/// Prompts that the model writes itself.
@Suite struct SelfPromptingTests {
  private let fixture: TrainFixture
  private let artifact: Artifact
  private let tokenizer: Tokenizer

  init() throws {
    fixture = try TrainFixture()
    artifact = try fixture.model()
    tokenizer = try artifact.tokenizer()
  }

  private func prompts(chat: Bool = true) throws -> PromptTokenizer {
    try PromptTokenizer(artifact, tokenizer: tokenizer, longest: 96, usesChatTemplate: chat)
  }

  private func writing(
    _ settings: DataSettings.SelfPrompts, seed: UInt64 = 0, chat: Bool = true
  ) throws -> SelfPrompting {
    try SelfPrompting(
      try WholeModel(artifact), tokenizer: tokenizer, turn: try prompts(chat: chat).userTurn(),
      settings: settings, seed: seed)
  }

  private func texts(
    _ settings: DataSettings.SelfPrompts, seed: UInt64 = 0, chat: Bool = true, threads: Int = 1
  ) throws -> [SelfPrompting.Texts] {
    try writing(settings, seed: seed, chat: chat).run(pool: try ThreadPool(threads: threads)) {
      _, _, _ in
    }
  }

  private func plan(_ count: Int) throws -> CapturePlan {
    var plan = try fixture.plan(texts: ["one", "two", "three"])
    plan.data.selfPrompts = .init(count: count, maxTokens: 12)
    return plan
  }

  @Test func aUsersTurnIsCutWhereItsTextStands() throws {
    let turn = try #require(try prompts().userTurn())
    #expect(tokenizer.decode(turn.opening) == "<|im_start|>user\n")
    #expect(turn.endText == "<|im_end|>")
    #expect(try prompts(chat: false).userTurn() == nil)
  }

  /// Half from each start, the same whatever runs beside it, and other texts for another seed.
  @Test func textsFollowFromTheSeed() throws {
    let settings = DataSettings.SelfPrompts(count: 61, maxTokens: 10)
    let first = try texts(settings)
    #expect(first.map(\.texts.count) == [31, 30])
    #expect(try texts(settings, threads: 3) == first)
    #expect(try texts(settings, seed: 1) != first)
    var more = settings
    more.count = 63
    #expect(
      try texts(more).map { Array($0.texts.prefix(30)) } == first.map { Array($0.texts.prefix(30)) }
    )
    #expect(Set(first.flatMap(\.texts)).count > 50)
  }

  /// The very tokens that a session samples from the opening.
  @Test(arguments: SelfPrompting.Start.allCases)
  func aTextIsWhatASessionSays(_ start: SelfPrompting.Start) async throws {
    let settings = DataSettings.SelfPrompts(count: 8, maxTokens: 10)
    let writing = try writing(settings)
    let turn = try #require(try prompts().userTurn())
    let (model, pool) = (try WholeModel(artifact), try ThreadPool(threads: 1))
    let own = try texts(settings)[start == .turn ? 0 : 1].texts
    let opening =
      start == .turn ? turn.opening : [try #require(artifact.manifest.tokens.beginOfText)]
    for (index, text) in own.enumerated() {
      let session = WholeModelSession(model, sampling: writing.sampling(start, index), pool: pool)
      let said = try await Generation(
        maxTokens: 10, stopTokens: Set(artifact.manifest.tokens.endOfText)
      ).run(session, prompt: opening).answers.map(\.token)
      let words = tokenizer.decode(Array(said.prefix { !tokenizer.isSpecial($0) }))
      #expect(words.contains(text))
      #expect(text.first?.isWhitespace != true && text.last?.isWhitespace != true)
    }
  }

  /// They come after all other sources, with the same rule of what is held out.
  @Test func theyAreSourcesLikeOthers() throws {
    let plan = try plan(40)
    var capture = try Capture(plan)
    var reports: [DataReport] = []
    capture.onEvent = { if case .data(let data) = $0 { reports = data } }
    let store = try capture.run()
    #expect(reports.map(\.read) == [3, 20, 20])
    #expect(reports[1].name.contains("user's turn") && reports[2].name.contains("from nothing"))
    #expect(reports.map(\.kept).reduce(0, +) == store.sequences.count)
    #expect(Set(store.sequences.map(\.source)) == [0, 1, 2])
    for (index, record) in store.sequences.enumerated() {
      let split = Split(of: record.digest, seed: 0, oneIn: plan.data.heldOutOneIn)
      #expect(record.split == split)
      let tokens = try store.read(index).tokens.prefix(record.promptLength).map(Int.init)
      #expect(tokenizer.decode(tokens).hasPrefix("<|im_start|>user\n"))
    }
    #expect(store.sequences.contains { $0.length > $0.promptLength }, "they are answered")
  }

  /// Almost without temperature every draw is the same text: once it is kept.
  @Test func repeatedAndExcludedOnesAreDropped() throws {
    var plan = try plan(12)
    plan.data.prompts = []
    plan.data.heldOutOneIn = 1 << 40
    plan.data.selfPrompts?.topK = 1
    func reports() throws -> [DataReport] {
      let writing = try writing(try #require(plan.data.selfPrompts))
      let own = try writing.run(pool: try ThreadPool(threads: 1)) { _, _, _ in }
      return try TrainingData(plan.data, artifact, tokenizer: tokenizer, own: own).reports
    }
    let all = try reports()
    #expect(all.map(\.kept) == [1, 1] && all.map(\.duplicates) == [5, 5])
    let own = try texts(try #require(plan.data.selfPrompts))
    let judged = try fixture.write([own[0].texts[0]], to: "judged.jsonl")
    plan.data.excluded = [try FieldSource(parsing: "\(judged):text")]
    let rest = try reports()
    #expect(rest.map(\.kept) == [0, 1] && rest[0].excluded == 6)
  }

  @Test func emptyOnesAreDropped() throws {
    var settings = DataSettings()
    settings.selfPrompts = .init(count: 3)
    settings.heldOutOneIn = 1 << 40
    let data = try TrainingData(
      settings, artifact, tokenizer: tokenizer, own: [.init(name: "own", texts: ["", "a", " \n"])])
    #expect(data.reports[0].empty == 2 && data.reports[0].kept == 1)
  }

  @Test func withoutAChatTemplateTheyBeginFromNothing() throws {
    let own = try texts(.init(count: 5, maxTokens: 4), chat: false)
    #expect(own.count == 1 && own[0].texts.count == 5)
    #expect(own[0].name == "own prompts, from nothing alone: there is no chat template")
  }

  @Test func aTemplateWithoutTheUsersTextIsRefused() throws {
    var manifest = artifact.manifest
    manifest.tokens.chatTemplate = "{{ 'hello' }}"
    try fixture.scratch.write(manifest.json.text(), to: "model/manifest.json")
    let changed = try Artifact(opening: artifact.path)
    let prompts = try PromptTokenizer(
      changed, tokenizer: tokenizer, longest: 96, usesChatTemplate: true)
    #expect {
      try prompts.userTurn()
    } throws: {
      "\($0)".contains("found a user's turn without the user's text")
    }
  }

  /// Old captures keep their keys: the settings name these prompts only where there are any.
  @Test func theKeyNamesThemWhereThereAreAny() throws {
    func settings(_ plan: CapturePlan) throws -> JSONNode {
      _ = try Capture(plan).run()
      return try FileSystem.readJSON("\(plan.directory)/capture.json").required("settings")
    }
    var plan = try plan(4)
    plan.directory = fixture.scratch("own")
    #expect(try settings(plan).required("self_prompts").required("count").int() == 4)
    plan.data.selfPrompts = nil
    plan.directory = fixture.scratch("others")
    #expect(try settings(plan).optional("self_prompts") == nil)
    plan.directory = fixture.scratch("own")
    let changes: [(inout DataSettings.SelfPrompts) -> Void] = [
      { $0.count = 5 }, { $0.maxTokens = 11 }, { $0.temperature = 0.5 }, { $0.topK = 3 },
      { $0.topP = 0.5 },
    ]
    for change in changes {
      var own = DataSettings.SelfPrompts(count: 4, maxTokens: 12)
      plan.data.selfPrompts = own
      #expect(try Capture(plan).existing() != nil)
      change(&own)
      plan.data.selfPrompts = own
      #expect(try Capture(plan).existing() == nil)
    }
  }

  @Test func settingsThatCannotBeAreRefused() throws {
    let changes: [(String, (inout DataSettings.SelfPrompts) -> Void)] = [
      ("self-prompts", { $0.count = 0 }), ("self-prompts", { $0.count = 1 << 40 }),
      ("self-prompt tokens", { $0.maxTokens = 0 }),
      ("self-prompt temperature", { $0.temperature = 0 }),
      ("self-prompt top-k", { $0.topK = -1 }), ("self-prompt top-p", { $0.topP = 1.5 }),
    ]
    for (name, change) in changes {
      var plan = try plan(4)
      change(&plan.data.selfPrompts!)
      #expect {
        try Capture(plan)
      } throws: {
        ($0 as? SettingError)?.setting.description == name
      }
    }
    var long = try plan(4)
    long.data.selfPrompts?.maxTokens = 512
    #expect(throws: ContextLimitError.self) { try Capture(long).run() }
  }
}
