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

  /// Longer than a batch together, and more than slots.
  private static let texts = TrainFixture.texts(40)

  @Test func sequencesAreTheModelsOwn() async throws {
    let plan = try fixture.plan(texts: Self.texts)
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
    let plan = try fixture.plan(texts: Self.texts)
    let store = try Capture(plan).run()
    let model = try LayerwiseModel(
      artifact, numerics: .standard, pool: try ThreadPool(threads: 1))
    let blocks = try artifact.manifest.blocks.map { try model.block($0) }
    for index in store.sequences.indices {
      let sequence = try store.read(index)
      var states = try model.embed(sequence.tokens.map(Int.init))
      var captured = 0
      for depth in 0...blocks.count {
        if depth > 0 { try model.run(blocks[depth - 1], &states) }
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
    var first = try fixture.plan("first", texts: Self.texts)
    _ = try Capture(first).run()
    first.directory = fixture.scratch("second")
    first.threads = 3
    _ = try Capture(first).run()
    let names = Scratch.entries(fixture.scratch("first"))
    #expect(names == Scratch.entries(fixture.scratch("second")) && names.count == 6)
    for name in names {
      let (one, other) = (
        try readFile(fixture.scratch("first/\(name)")),
        try readFile(fixture.scratch("second/\(name)"))
      )
      #expect(one == other, "\(name)")
    }
  }

  @Test func textsAndPromptsAloneAreCapturedToo() throws {
    var plan = try fixture.plan(texts: ["one", "two", "three"])
    plan.data.continuation = nil
    plan.data.texts = [Golden.path("evaluate/text.txt")]
    let store = try Capture(plan).run()
    let windows = store.sequences.filter { $0.source == 0 }
    #expect(!windows.isEmpty && windows.allSatisfy { $0.promptLength == 0 && $0.length == 96 })
    #expect(store.sequences.suffix(3).allSatisfy { $0.promptLength == $0.length && $0.source == 1 })
    #expect(try store.damagedFiles().isEmpty)
  }
}
