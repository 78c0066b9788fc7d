import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveTrain
import Glibc
import TestSupport
import Testing

/// A capture holds what the model says, each sequence alone.
@Suite struct CaptureTests {
  private let fixture: TrainFixture
  private let artifact: Artifact

  init() throws {
    fixture = try TrainFixture()
    artifact = try fixture.model()
  }

  private func plan(_ name: String = "store", texts: [String]) throws -> CapturePlan {
    var data = try fixture.settings(texts)
    data.continuation = .init(maxTokens: 20, sampledShare: 0.4)
    var plan = CapturePlan(
      model: artifact.path, directory: fixture.scratch(name), data: data, depths: [0, 2, 5])
    plan.topK = 7
    plan.threads = 2
    return plan
  }

  /// Longer than a batch together, and more than slots.
  private static let texts = TrainFixture.texts(40)

  @Test func sequencesAreTheModelsOwn() async throws {
    let plan = try plan(texts: Self.texts)
    let store = try Capture(plan).run()
    #expect(store.sequences.count == Self.texts.count)
    let (model, pool) = (try WholeModel(artifact), try ThreadPool(threads: 1))
    let settings = try #require(plan.data.continuation)
    let generation = SelfGeneration(
      model: model, settings: settings, longest: plan.data.longest, seed: plan.data.seed,
      pool: pool)
    var sampled = 0
    for (index, record) in store.sequences.enumerated() {
      let sequence = try store.read(index)
      let tokens = sequence.tokens.map(Int.init)
      #expect(tokens.count == record.length && sequence.promptLength == record.promptLength)
      let sampling = generation.sampling(record.digest)
      sampled += sampling == .greedy ? 0 : 1
      let session = WholeModelSession(model, sampling: sampling, pool: pool)
      let result = try await Generation(
        maxTokens: settings.maxTokens, stopTokens: Set(artifact.manifest.tokens.endOfText)
      ).run(session, prompt: Array(tokens[..<record.promptLength]))
      #expect(result.answers.map(\.token) == Array(tokens[record.promptLength...]))
    }
    #expect((5...30).contains(sampled), "about two in five")
  }

  @Test func statesAndTeacherAreThoseOfTheLayerwiseModel() throws {
    let plan = try plan(texts: Self.texts)
    let store = try Capture(plan).run()
    let model = try LayerwiseModel(
      artifact, numerics: .standard, pool: try ThreadPool(threads: 1))
    let blocks = try artifact.manifest.blocks.map { try model.block($0) }
    for index in store.sequences.indices {
      let sequence = try store.read(index)
      var states = try model.embed(sequence.tokens.map(Int.init))
      var captured = 0
      for depth in 0...blocks.count {
        if depth > 0 { model.run(blocks[depth - 1], &states) }
        guard plan.depths.contains(depth) else { continue }
        #expect(sequence.states[captured] == states.map { Float(Float16($0)) })
        captured += 1
      }
      #expect(captured == 3)
      expectTeacher(sequence, model.logits(states), k: plan.topK)
    }
  }

  private func expectTeacher(_ sequence: CapturedSequence, _ logits: [Float], k: Int) {
    let vocabulary = logits.count / sequence.length
    for position in 0..<sequence.length {
      let row = Array(logits[(position * vocabulary)..<((position + 1) * vocabulary)])
      let sorted = row.indices.sorted { (row[$0], $1) > (row[$1], $0) }.prefix(k)
      let range = (position * k)..<((position + 1) * k)
      #expect(sequence.topIDs[range].elementsEqual(sorted.map(Int32.init)))
      #expect(sequence.topLogits[range].elementsEqual(sorted.map { row[$0] }))
      let total = row.reduce(0.0) { $0 + exp(Double($1 - row[sorted[0]])) }
      let judged = Double(row[sorted[0]]) + log(total)
      #expect(abs(Double(sequence.logSumExp[position]) - judged) < 1e-5)
    }
  }

  @Test func theSameCaptureHasTheSameBytes() throws {
    var first = try plan("first", texts: Self.texts)
    _ = try Capture(first).run()
    first.directory = fixture.scratch("second")
    first.threads = 3
    _ = try Capture(first).run()
    let names = Scratch.entries(fixture.scratch("first"))
    #expect(names == Scratch.entries(fixture.scratch("second")) && names.count == 5)
    for name in names {
      let (one, other) = (
        try readFile(fixture.scratch("first/\(name)")),
        try readFile(fixture.scratch("second/\(name)"))
      )
      #expect(one == other, "\(name)")
    }
  }

  @Test func textsAndPromptsAloneAreCapturedToo() throws {
    var plan = try plan(texts: ["one", "two", "three"])
    plan.data.continuation = nil
    plan.data.texts = [Golden.path("evaluate/text.txt")]
    let store = try Capture(plan).run()
    let windows = store.sequences.filter { $0.source == 0 }
    #expect(!windows.isEmpty && windows.allSatisfy { $0.promptLength == 0 && $0.length == 96 })
    #expect(store.sequences.suffix(3).allSatisfy { $0.promptLength == $0.length && $0.source == 1 })
    #expect(try store.damagedFiles().isEmpty)
  }

  // MARK: Reuse

  @Test func aStoreOfTheSameKeyIsTakenAgain() throws {
    var plan = try plan(texts: ["one", "two", "three"])
    var capture = try Capture(plan)
    #expect(try capture.existing() == nil)
    let first = try capture.run()
    var events = 0
    capture.onEvent = { _ in events += 1 }
    #expect(try capture.run().key == first.key)
    #expect(events == 0, "nothing was done")
    // Another name of the same contents is the same data.
    try fixture.write(["one", "two", "three"], to: "renamed.jsonl")
    plan.data.prompts[0].source.path = fixture.scratch("renamed.jsonl")
    #expect(try Capture(plan).existing()?.key == first.key)
  }

  @Test func whateverChangesTheStoreChangesTheKey() throws {
    let plan = try plan(texts: ["one", "two", "three"])
    let key = try Capture(plan).run().key
    let changes: [(inout CapturePlan) -> Void] = [
      { $0.depths = [0, 2] }, { $0.topK = 6 }, { $0.data.seed = 1 }, { $0.data.longest = 95 },
      { $0.data.heldOutOneIn = 5 }, { $0.data.continuation = nil },
      { $0.data.continuation?.topP = 0.5 }, { $0.data.continuation?.topK = 2 },
      { $0.data.prompts[0].count = 2 },
      { $0.data.prompts[0].source.field = "id" }, { $0.data.usesChatTemplate = false },
      { $0.data.excluded = [FieldSource(path: $0.data.prompts[0].source.path, field: "id")] },
    ]
    for (index, change) in changes.enumerated() {
      var other = plan
      change(&other)
      #expect(try Capture(other).existing() == nil, "change \(index)")
      #expect(throws: InputError.self, "change \(index)") { try Capture(other).run() }
    }
    #expect(try CaptureStore(opening: plan.directory).key == key, "it is still there")
  }

  @Test func forceReplacesAnotherStoreAndNothingElse() throws {
    var plan = try plan(texts: ["one", "two", "three"])
    let first = try Capture(plan).run()
    plan.topK = 3
    plan.force = true
    #expect(try Capture(plan).run().key != first.key)
    _ = try fixture.scratch.makeDirectory("mine")
    try fixture.scratch.write("a person's own", to: "mine/note")
    plan.directory = fixture.scratch("mine")
    #expect(throws: InputError.self) { try Capture(plan).run() }
    try fixture.scratch.write("a note", to: "store/note")
    plan.directory = fixture.scratch("store")
    plan.topK = 4
    #expect(throws: InputError.self) { try Capture(plan).run() }
  }

  // MARK: Refusals

  @Test func aStoreThatWouldBeTooLargeIsRefusedAhead() throws {
    var plan = try plan(texts: ["one", "two", "three"])
    plan.largestStore = 10_000
    var capture = try Capture(plan)
    nonisolated(unsafe) var generated = false
    capture.onEvent = { if case .progress = $0 { generated = true } }
    #expect {
      _ = try capture.run()
    } throws: {
      $0 is InputError && "\($0)".contains("expected at most 10000 bytes")
    }
    #expect(!generated)
    #expect(!Scratch.entries(fixture.scratch.path).contains { $0.contains("store") })
  }

  @Test func whatIsReportedIsWhatIsWritten() throws {
    var capture = try Capture(try plan(texts: Self.texts))
    var sizes: [CaptureSize] = []
    capture.onEvent = {
      switch $0 {
      case .atMost(let size), .exactly(let size): sizes.append(size)
      default: break
      }
    }
    let store = try capture.run()
    #expect(sizes.count == 2 && sizes[0].bytes >= sizes[1].bytes)
    #expect(sizes[1].bytes == store.totalBytes && sizes[1].tokens == store.tokenCount)
  }

  @Test func plansThatCannotBeAreRefused() throws {
    let sound = try plan(texts: ["one", "two"])
    let changes: [(String, (inout CapturePlan) -> Void)] = [
      ("depths: found []", { $0.depths = [] }), ("depths", { $0.depths = [2, 1] }),
      ("depths", { $0.depths = [2, 2] }), ("depths", { $0.depths = [-1] }),
      ("depths", { $0.depths = [99] }), ("top-k: found 0", { $0.topK = 0 }),
      ("top-k", { $0.topK = 1 << 20 }), ("context_length", { $0.data.longest = 513 }),
    ]
    for (text, change) in changes {
      var plan = sound
      change(&plan)
      #expect {
        _ = try Capture(plan)
      } throws: {
        $0 is InputError && "\($0)".contains(text)
      }
    }
  }
}
