import CleaveEvaluate
import CleaveExits
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Exits judged source by source.
@Suite struct ExitSourcesTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try write(["The small dog", "In the year 1995", "cats and"], to: "first.jsonl")
    try write(["one two", "three four five"], to: "second.jsonl")
  }

  private func write(_ texts: [String], to name: String) throws {
    try scratch.write(
      texts.map { "{\"q\":\"\($0)\"}" }.joined(separator: "\n"), to: name)
  }

  private func evaluate(
    _ model: Artifact, _ files: [String], excluded: [String] = []
  ) async throws -> ExitEvaluationReport {
    var settings = ExitEvaluation.Settings()
    settings.prompts = try files.map { try PromptSource(parsing: scratch($0) + ":q") }
    settings.maxTokens = 12
    settings.usesChatTemplate = false
    settings.threads = 1
    settings.excluded = Set(excluded.map { ContentDigest(of: $0) })
    return try await ExitEvaluation(model: model, settings: settings).run()
  }

  @Test func aSourceHasTheFiguresItHasAlone() async throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    let files = ["first.jsonl", "second.jsonl"]
    let both = try await evaluate(model, files)
    #expect(both.bySource.map(\.prompts) == [3, 2])
    #expect(both.bySource.map(\.tokens).reduce(0, +) == both.tokens)
    for (file, source) in zip(files, both.bySource) {
      let alone = try await evaluate(model, [file])
      #expect(source.tokens == alone.tokens && source.traffic == alone.traffic)
      #expect(source.exits.map(\.agreement) == alone.exits.map(\.agreement))
      #expect(source.exits.map(\.coverages) == alone.exits.map(\.coverages))
      #expect(source.known == nil, "untrained exits have no record")
    }
    let sources = try JSONNode(
      parsing: Array(both.json.text().utf8), file: "report"
    ).required("by_source").elements()
    #expect(try sources.map { try $0.required("name").string() } == files)
    #expect(try sources.allSatisfy { try $0.optional("training") == nil }, "null: not known")
  }

  /// A source all of whose prompts are left out has no figures, and does not stop the others.
  @Test func aSourceMayBeEmpty() async throws {
    let model = try TinyModel.llama3.withExits([2], into: scratch)
    let report = try await evaluate(
      model, ["first.jsonl", "second.jsonl"], excluded: ["one two", "three four five"])
    #expect(report.bySource.map(\.prompts) == [3, 0])
    #expect(report.bySource[1].exits.isEmpty && report.bySource[1].traffic.isEmpty)
    #expect(report.bySource[0].exits[0].agreement == report.exits[0].agreement)
  }

  /// All of a file's contents count, those that are left out here too.
  @Test func theRecordSaysWhatOfASourceWasTrainedOn() throws {
    let model = try TinyModel.llama3.withExits([2], into: scratch)
    var settings = PromptSet.Settings(longest: 64)
    settings.sources = try ["first.jsonl", "second.jsonl"].map {
      try PromptSource(parsing: scratch($0) + ":q")
    }
    settings.sources[0].count = 1
    settings.usesChatTemplate = false
    settings.excluded = [ContentDigest(of: "cats and"), ContentDigest(of: "The small dog")]
    let set = try PromptSet(
      settings, model, tokenizer: model.tokenizer(),
      trained: TrainedContents([ContentDigest(of: "cats and")]))
    #expect(
      set.known == [
        KnownContents(contents: 3, trained: 1, heldOut: 0),
        KnownContents(contents: 2, trained: 0, heldOut: 0),
      ])
  }

  /// The bytes are those of sessions, but for opening and closing them.
  @Test func trafficIsThatOfSessions() async throws {
    let (model, edgeBundle, cloudBundle) = try TinyModel.llama3.bundles(
      exits: [2], threshold: 2, into: scratch)
    let report = try await evaluate(model, ["first.jsonl"])
    let pool = try ThreadPool(threads: 1)
    let cloud = CloudContextManager(try CloudModel(cloudBundle), pool: pool)
    let edge = try EdgeModel(edgeBundle)
    let tokenizer = try model.tokenizer()
    // With int4 the cloud may say another text.
    let encodings = StatesEncoding.all.filter { !$0.isCompressed }
    #expect(report.traffic.map(\.encoding) == encodings)
    for (encoding, traffic) in zip(encodings, report.traffic).prefix(3) {
      var (bytes, down, tokens) = (0, 0, 0)
      for text in ["The small dog", "In the year 1995", "cats and"] {
        let client = try await CloudClient(
          InProcessLink(cloud), edge: edge.manifest, encoding: encoding)
        let opening = await (client.bytesUp, client.bytesDown)
        let session = EdgeSession(
          edge,
          policy: .init(thresholds: model.manifest.exits.map(\.threshold), mode: .collaborative),
          cloud: client, pool: pool)
        let answers = try await Generation(
          maxTokens: 12, stopTokens: Set(model.manifest.tokens.endOfText)
        ).run(session, prompt: tokenizer.encode(text)).all
        #expect(answers.allSatisfy { $0.source == .cloud }, "no exit is sure")
        bytes += await client.bytesUp - opening.0
        down += await client.bytesDown - opening.1
        tokens += answers.count
      }
      // A token of a low id takes a byte less than the last one.
      let least = Double(down) / Double(tokens)
      #expect((least...least + 1).contains(traffic.bytesDownPerToken))
      #expect(traffic.bytesUpPerToken == Double(bytes) / Double(tokens))
    }
  }
}
