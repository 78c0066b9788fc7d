import CleaveExits
import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Exits judged on what the whole model answers.
@Suite struct ExitEvaluationTests {
  private let scratch: Scratch
  private let pool: ThreadPool

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 2)
    let lines = ["The small dog", "In the year 1995", "cats and", "one two"].map {
      "{\"q\":\"\($0)\"}"
    }
    try scratch.write(lines.joined(separator: "\n"), to: "p.jsonl")
  }

  private func evaluate(
    _ model: Artifact, maxTokens: Int = 12,
    change: (inout ExitEvaluation.Settings) -> Void = { _ in }
  ) async throws -> ExitEvaluationReport {
    var settings = ExitEvaluation.Settings()
    settings.prompts = [try PromptSource(parsing: scratch("p.jsonl") + ":q")]
    settings.maxTokens = maxTokens
    settings.usesChatTemplate = false
    settings.threads = 1
    change(&settings)
    return try await ExitEvaluation(model: model, settings: settings).run()
  }

  /// Asked at many places at once, exits say the bits they say in turn.
  @Test(
    arguments: [
      ([.norm], false), ([.tail(blocks: 1), .tail(blocks: 2)], true),
      ([.affine(rank: 32), .mlp], false),
    ] as [([ExitBody], Bool)])
  func theReaderSaysWhatASessionSays(_ bodies: [ExitBody], replace: Bool) async throws {
    let exits = try TinyModel.q4_1.withExits([2, 4], into: scratch) {
      $0.placement.bodies = bodies
      $0.placement.replacesBlocks = replace
    }
    let model = try RandomExits(exits, type: .q8_0, into: scratch).artifact
    let edge = try EdgeModel(try TinyModel.partition(model, into: scratch).edge)
    var reader = ExitReader(try EdgeModel(exitsOf: model), pool: pool)
    let text = Array(5..<25)
    let read = try reader.answers(after: text, last: 7)
    for exit in 0..<2 {
      let session = EdgeSession(
        edge, policy: .init(thresholds: (0..<2).map { $0 == exit ? 0 : 2 }, mode: .standalone),
        pool: pool)
      try await session.feed(Array(text[..<13]))
      for location in 0..<7 {
        try await session.feed([text[13 + location]])
        let answer = try await session.answer()
        #expect(read[exit][location].token == answer.token)
        #expect(read[exit][location].confidence(.maxProbability) == answer.confidence)
        #expect(read[exit][location].plainMaxProbability == answer.confidence)
      }
    }
  }

  /// An exit that is the model agrees everywhere; an early one does not.
  @Test func anExitThatIsTheModelAgrees() async throws {
    let model = try TinyModel.q4_1.withExits([1, 3], into: scratch) {
      $0.placement.bodies = [.norm, .tail(blocks: 3)]
      $0.tailStart = .next
    }
    let report = try await evaluate(model)
    #expect(report.prompts == 4 && report.exits.map(\.depth) == [1, 3])
    let (early, late) = (report.exits[0], report.exits[1])
    #expect(late.agreement == Estimate(value: 1, standardError: 0))
    #expect(late.coverages.allSatisfy { $0.share.value == 1 })
    #expect(early.agreement.value < 1 && early.tokens == late.tokens)
    #expect(report.cascade.all.share.value == 1)
    #expect(report.tokens == early.tokens && (4...48).contains(report.tokens))
    _ = try JSON.parse(Array(report.json.text().utf8), file: "report")
  }

  /// The very tokens and confidences, counted by hand from the answers of sessions.
  @Test func theFiguresAreThoseOfTheAnswers() async throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    let report = try await evaluate(model)
    let whole = try WholeModel(model)
    let edge = try EdgeModel(exitsOf: model)
    let tokenizer = try model.tokenizer()
    let stop = Set(model.manifest.tokens.endOfText)
    for exit in 0..<2 {
      var (all, right, sum) = (0, 0, 0.0)
      for prompt in ["The small dog", "In the year 1995", "cats and", "one two"] {
        let prompt = tokenizer.encode(prompt)
        let answers = try await Generation(maxTokens: 12, stopTokens: stop).run(
          WholeModelSession(whole, pool: pool), prompt: prompt
        ).all.map(\.token)
        for (index, truth) in answers.enumerated() {
          let session = EdgeSession(
            edge, policy: .init(thresholds: (0..<2).map { $0 == exit ? 0 : 2 }, mode: .standalone),
            pool: pool)
          try await session.feed(prompt + answers[..<index])
          let answer = try await session.answer()
          all += 1
          if answer.token == truth { right += 1 }
          sum += Double(answer.confidence)
        }
      }
      #expect(report.exits[exit].tokens == all)
      #expect(report.exits[exit].agreement.value == Double(right) / Double(all))
      #expect(sum > 0)
    }
  }

  /// A temperature changes confidences and nothing else.
  @Test func theTemperatureHasItsOwnCalibration() async throws {
    _ = try TinyModel.llama3.withExits([2, 4], into: scratch)
    let before = try await evaluate(Artifact(opening: scratch("exits")))
    try scratch.edit(
      "exits/manifest.json", "\"temperature\": 1.0", "\"temperature\": 0.01")
    let after = try await evaluate(Artifact(opening: scratch("exits")))
    #expect(after.exits[0].agreement == before.exits[0].agreement)
    #expect(after.exits[0].plainCalibrationError == before.exits[0].calibrationError)
    #expect(after.exits[0].calibrationError != before.exits[0].calibrationError)
    #expect(after.exits[1].calibrationError == before.exits[1].calibrationError)
  }

  @Test func whatCannotBeMeasured() async throws {
    let plain = try TinyModel.llama3.imported(into: scratch)
    let noExits = await #expect(throws: InputError.self) { try await evaluate(plain) }
    #expect(noExits?.location == "exits" && noExits?.found == "none")
    let other = try Scratch()
    let (model, edge, _) = try TinyModel.llama3.bundles(exits: [2], into: other)
    await #expect(throws: InputError.self) { try await evaluate(edge) }
    let long = await #expect(throws: InputError.self) { try await evaluate(model, maxTokens: 513) }
    #expect(long?.location == "context_length" && long?.found == "512")
    let both = await #expect(throws: InputError.self) {
      try await evaluate(model, maxTokens: 500) { $0.longestPrompt = 14 }
    }
    #expect(both?.location == "context_length")
  }
}
