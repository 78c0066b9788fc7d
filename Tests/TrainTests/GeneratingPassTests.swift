import CleaveConvert
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// What is captured while the model continues prompts is what it says when it reads the whole texts again.
@Suite struct GeneratingPassTests {
  private let fixture: TrainFixture
  private let artifact: Artifact

  init() throws {
    fixture = try TrainFixture()
    artifact = try fixture.model()
  }

  /// Windows of plain text, prompts answered greedily and by sampling, answers that end early and late, and more
  /// prompts than slots.
  @Test(arguments: [1, 3])
  func theBytesAreThoseOfTwoPasses(threads: Int) throws {
    var plan = try fixture.plan(texts: TrainFixture.texts(70))
    plan.data.texts = [Golden.path("evaluate/text.txt")]
    plan.threads = threads
    let store = try Capture(plan).run()
    let answers = store.sequences.filter { $0.promptLength > 0 }
      .map { $0.length - $0.promptLength }
    #expect(answers.contains(20) && answers.contains { $0 < 20 }, "full answers and others")
    #expect(store.sequences.contains { $0.promptLength == 0 })
    let again = try fixture.readAgain(store, plan, artifact)
    for name in ["sequences.bin", "tokens.bin", "states.bin", "teacher.bin"] {
      #expect(
        try readFile("\(again)/\(name)") == (try readFile("\(plan.directory)/\(name)")), "\(name)")
    }
  }

  @Test func progressCountsAnswersAndTokens() throws {
    var capture = try Capture(try fixture.plan(texts: TrainFixture.texts(9)))
    var steps: [(CaptureEvent.Stage, Int, Int, Int)] = []
    capture.onEvent = {
      if case .progress(let stage, let d, let n, let t) = $0 { steps.append((stage, d, n, t)) }
    }
    let store = try capture.run()
    #expect(steps.map(\.0) == Array(repeating: .generate, count: 9))
    #expect(steps.map(\.1) == Array(1...9) && steps.allSatisfy { $0.2 == 9 })
    #expect(
      steps.last?.3 == store.sequences.reduce(0) { $0 + $1.length - $1.promptLength })
  }

  @Test func statesThatAreNotFiniteAreNamedWhileGenerating() throws {
    let path = "checkpoint/model.safetensors"
    let file = try SafetensorsFile(path: fixture.scratch(path))
    var bytes = try readFile(fixture.scratch(path))
    let entry = try #require(file.entries.first { $0.name == "model.embed_tokens.weight" })
    for at in stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: 4) {
      bytes[at + 2] |= 0x80
      bytes[at + 3] |= 0x7f
    }
    try fixture.scratch.write(bytes, to: path)
    _ = try Importer(source: fixture.scratch("checkpoint"), target: fixture.scratch("large")).run()
    var plan = try fixture.plan(texts: ["one", "two", "three"])
    plan.model = fixture.scratch("large")
    #expect {
      try Capture(plan).run()
    } throws: {
      "\($0)".contains("large: depth 0, text 0: found hidden states that are not finite")
    }
  }
}
