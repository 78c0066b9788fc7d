import CleaveModel
import CleavePrompts
import CleaveStorage
import CleaveText
import CleaveTrain
import TestSupport
import Testing

/// Which texts are trained on, and as which tokens.
@Suite struct TrainingDataTests {
  private let fixture: TrainFixture
  private let artifact: Artifact
  private let tokenizer: Tokenizer

  init() throws {
    fixture = try TrainFixture()
    artifact = try fixture.model()
    tokenizer = try artifact.tokenizer()
  }

  private func data(_ settings: DataSettings) throws -> TrainingData {
    try TrainingData(settings, artifact, tokenizer: tokenizer)
  }

  @Test func promptsAreAUsersTurn() throws {
    var settings = try fixture.settings([" Hello there "])
    settings.heldOutOneIn = 1 << 40
    let text = try #require(try data(settings).texts.first)
    #expect(
      tokenizer.decode(text.tokens)
        == "<|im_start|>user\nSay:  Hello there !<|im_end|>\n<|im_start|>assistant\n")
    #expect(text.promptLength == text.tokens.count)
    #expect(text.digest == ContentDigest(of: "Hello there"))
    settings.usesChatTemplate = false
    #expect(try data(settings).texts.first?.tokens == tokenizer.encode("Say:  Hello there !"))
  }

  @Test func everyContentIsThereOnceAndNoneThatIsJudgedOn() throws {
    var settings = try fixture.settings(["one", " one\n", "two", "three", "  ", "four"])
    let judged = try fixture.write(["two ", "nine"], to: "judged.jsonl")
    let more = try fixture.write(["four", "five"], to: "more.jsonl")
    settings.excluded = [try FieldSource(parsing: "\(judged):text")]
    settings.prompts.append(try PromptSource(parsing: "\(more):text"))
    let data = try data(settings)
    #expect(
      data.texts.map(\.digest)
        == ["one", "three", "four", "five"].map { ContentDigest(of: $0) })
    #expect(data.texts.map(\.source) == [0, 0, 0, 1])
    let report = data.reports[0]
    #expect(report.read == 6 && report.empty == 1 && report.duplicates == 1)
    #expect(report.excluded == 1 && report.kept == 3)
    #expect(data.reports[1].duplicates == 1 && data.reports[1].kept == 1)
  }

  /// Those of the smallest digests, whatever the order; what is left may be another source's.
  @Test func aCountIsAFairChoice() throws {
    let texts = TrainFixture.texts(30)
    var settings = try fixture.settings(texts)
    settings.prompts[0].count = 10
    let chosen = Set(try data(settings).texts.map(\.digest.sha256))
    #expect(chosen == Set(texts.map { ContentDigest(of: $0).sha256 }.sorted().prefix(10)))
    #expect(try data(settings).reports[0].beyondCount == 20)
    try fixture.write(texts.reversed(), to: "prompts.jsonl")
    #expect(Set(try data(settings).texts.map(\.digest.sha256)) == chosen)
    settings.prompts.append(settings.prompts[0])
    settings.prompts[1].count = nil
    #expect(try data(settings).texts.count == 30)
  }

  @Test func theSplitFollowsFromContentAndSeed() throws {
    let texts = TrainFixture.texts(200)
    func heldOut(_ texts: [String], seed: UInt64 = 0) throws -> Set<ContentDigest> {
      var settings = try fixture.settings(texts)
      settings.seed = seed
      let data = try data(settings)
      #expect(data.reports[0].train + data.reports[0].heldOut == texts.count)
      return Set(data.texts.filter { $0.split == .heldOut }.map(\.digest))
    }
    let all = try heldOut(texts)
    #expect((25...80).contains(all.count), "about one in four")
    #expect(try heldOut(texts.reversed()) == all)
    #expect(
      try heldOut(Array(texts[..<90]))
        == all.intersection(texts[..<90].map { ContentDigest(of: $0) }))
    #expect(try heldOut(texts, seed: 1) != all)
  }

  /// Words of several bytes, so that a cut between tokens could tear one.
  @Test func aLongTextIsCutAndItsTemplateStaysWhole() throws {
    let long = String(repeating: "wörld 日本 🙂 ", count: 40)
    let settings = try fixture.settings([long, "short"], format: "Say {text} now")
    let data = try data(settings)
    #expect(data.reports[0].cut == 1)
    let cut = try #require(data.texts.first { $0.digest == ContentDigest(of: long) })
    #expect((settings.longest - 8...settings.longest).contains(cut.tokens.count))
    let text = tokenizer.decode(cut.tokens)
    let (before, after) = (
      "<|im_start|>user\nSay ", " now<|im_end|>\n<|im_start|>assistant\n"
    )
    #expect(text.hasPrefix(before) && text.hasSuffix(after))
    #expect(long.hasPrefix(text.dropFirst(before.count).dropLast(after.count)))
  }

  @Test func aFormatThatLeavesNoRoomIsRefused() throws {
    var settings = try fixture.settings(["a long enough text to be cut to nothing"])
    settings.longest = 8
    #expect {
      try data(settings)
    } throws: {
      "\($0)".contains("format: \"Say: !\": found") && "\($0)".contains("at most 8")
    }
  }

  @Test func textFilesAreCutIntoWindows() throws {
    var settings = DataSettings()
    settings.texts = [Golden.path("evaluate/text.txt")]
    settings.longest = 64
    let texts = try data(settings).texts
    #expect(texts.count > 4 && texts.allSatisfy { $0.tokens.count == 64 && $0.promptLength == 0 })
  }

  @Test(arguments: [
    (#"{"text": "ok"}"# + "\n{", "line 2: found"),
    (#"{"text": "ok"}"# + "\n\n" + #"{"other": "x"}"#, "line 3: found no \"text\""),
    (#"{"text": 7}"#, "line 1.text: found 7; expected a string"),
    (#"[1]"#, "line 1: found an array; expected an object"),
    (#"{"text": "a", "text": "b"}"#, "line 1"),
    ("{\"text\": \"\u{FFFD}\"}x", "line 1: found"),
  ])
  func aBadLineIsNamed(_ lines: String, _ message: String) throws {
    let settings = try fixture.settings(["x"])
    try fixture.scratch.write(lines, to: "prompts.jsonl")
    #expect {
      try data(settings)
    } throws: {
      $0 is InputError && "\($0)".contains("prompts.jsonl: \(message)")
    }
  }

  @Test func aLineWithoutEndIsRefused() throws {
    let settings = try fixture.settings(["x"])
    try fixture.scratch.write(
      [UInt8](repeating: 0x20, count: (1 << 24) + 1), to: "prompts.jsonl")
    #expect {
      try data(settings)
    } throws: {
      "\($0)".contains("line 1: found 16777217 bytes; expected at most 16777216")
    }
  }

  @Test func nothingToTrainOnIsRefused() throws {
    let settings = try fixture.settings([" "])
    #expect {
      try data(settings)
    } throws: {
      "\($0)".contains("found 0 texts")
    }
  }

  @Test func settingsThatCannotBeAreRefused() throws {
    let sound = try fixture.settings(["x"])
    let changes: [(String, (inout DataSettings) -> Void)] = [
      ("data", { $0.prompts = [] }), ("held-out share", { $0.heldOutOneIn = 1 }),
      ("longest sequence", { $0.continuation = .init(maxTokens: 96) }),
      ("new tokens", { $0.continuation = .init(maxTokens: 0) }),
      ("sampled share", { $0.continuation = .init(maxTokens: 1, sampledShare: 1.5) }),
      ("temperature", { $0.continuation = .init(maxTokens: 1, temperature: 0) }),
      ("top-k", { $0.continuation = .init(maxTokens: 1, topK: -1) }),
      ("top-p", { $0.continuation = .init(maxTokens: 1, topP: 0) }),
    ]
    for (name, change) in changes {
      var settings = sound
      change(&settings)
      #expect {
        try data(settings)
      } throws: {
        ($0 as? SettingError)?.setting.description == name
      }
    }
  }

  @Test func aTemplateThatIsNotKnownIsRefused() throws {
    let other = try TinyModel.sharded.imported(into: fixture.scratch, name: "other")
    var manifest = other.manifest
    manifest.tokens.chatTemplate = "{{ messages | xmlattr }}"
    try fixture.scratch.write(manifest.json.text(), to: "other/manifest.json")
    let changed = try Artifact(opening: other.path)
    #expect {
      try TrainingData(
        try fixture.settings(["x"]), changed, tokenizer: try other.tokenizer())
    } throws: {
      "\($0)".contains("found the filter \"xmlattr\"")
    }
  }
}
