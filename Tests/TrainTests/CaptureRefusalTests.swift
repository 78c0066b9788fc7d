import CleaveConvert
import CleavePrompts
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// What cannot be captured is refused, before anything is computed where that can be told.
@Suite struct CaptureRefusalTests {
  private let fixture: TrainFixture

  init() throws {
    fixture = try TrainFixture()
    _ = try fixture.model()
  }

  @Test func aStoreThatWouldBeTooLargeIsRefusedAhead() throws {
    var plan = try fixture.plan(texts: ["one", "two", "three"])
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
    var capture = try Capture(try fixture.plan(texts: TrainFixture.texts(40)))
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
    let sound = try fixture.plan(texts: ["one", "two"])
    let changes: [(String, (inout CapturePlan) -> Void)] = [
      ("depths: found []", { $0.depths = [] }), ("depths", { $0.depths = [2, 1] }),
      ("depths", { $0.depths = [2, 2] }), ("depths", { $0.depths = [-1] }),
      ("depths", { $0.depths = [99] }), ("teacher tokens: found 0", { $0.topK = 0 }),
      ("teacher tokens", { $0.topK = 1 << 20 }), ("longest sequence", { $0.data.longest = 513 }),
    ]
    for (text, change) in changes {
      var plan = sound
      change(&plan)
      #expect {
        _ = try Capture(plan)
      } throws: {
        ($0 is InputError || $0 is SettingError) && "\($0)".contains(text)
      }
    }
  }

  /// The estimate is an upper bound; the writer looks at what is there all the same.
  @Test func aStoreThatGrowsTooLargeIsAnError() throws {
    let configuration = CaptureConfiguration(
      modelID: "m", hiddenSize: 4, vocabularySize: 9, blockCount: 2, depths: [1], topK: 2)
    let text = TrainingText(
      tokens: [1, 2], promptLength: 2, digest: ContentDigest(of: "a"), split: .train, source: 0)
    let bytes = 48 + 2 * configuration.bytesPerToken
    #expect(bytes == 48 + 2 * (4 + 8 + 1 + 20))
    var writer = try CaptureWriter(
      fixture.scratch("store"), configuration, sources: [], limit: 2 * bytes - 1, force: false)
    var zeros = ScaledHalves()
    _ = zeros.append([Float](repeating: 0, count: 8)[...], hidden: 4)
    let (states, rows) = ([zeros], TeacherLogits(k: 2, positions: 2))
    try writer.append(text, states: states, top: rows)
    #expect {
      try writer.append(text, states: states, top: rows)
    } throws: {
      "\($0)".contains("more than the \(2 * bytes - 1) bytes allowed")
    }
  }

  @Test func statesThatAreNotFiniteAreNamed() throws {
    let path = "checkpoint/model.safetensors"
    let file = try SafetensorsFile(path: fixture.scratch(path))
    let name = "model.embed_tokens.weight"
    var bytes = try readFile(fixture.scratch(path))
    let entry = try #require(file.entries.first { $0.name == name })
    // The exponents of all the embedding's numbers: none is finite.
    for at in stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: 4) {
      bytes[at + 2] |= 0x80
      bytes[at + 3] |= 0x7f
    }
    try fixture.scratch.write(bytes, to: path)
    _ = try Importer(source: fixture.scratch("checkpoint"), target: fixture.scratch("large")).run()
    var plan = try fixture.plan(texts: ["one", "two", "three"])
    plan.model = fixture.scratch("large")
    plan.data.continuation = nil
    #expect {
      try Capture(plan).run()
    } throws: {
      "\($0)".contains("large: depth 0, text 0: found hidden states that are not finite")
    }
  }
}
