import CleaveModel
import CleaveTrain
import Testing

/// What a training tells of the work it did, which benchmarks divide by its times.
@Suite struct TrainingTimesTests {
  private func training(_ fixture: TrainFixture, target: String) throws -> ExitTraining {
    var training = ExitTraining(
      source: fixture.scratch("model"), target: fixture.scratch(target),
      exits: [ExitRecord(depth: 2, body: .norm, threshold: 0.9)],
      directory: fixture.scratch("work"))
    training.data = try fixture.settings(TrainFixture.texts(24))
    training.data.continuation = .init(maxTokens: 5, sampledShare: 0)
    training.settings.steps = 3
    training.settings.batchTokens = 128
    training.threads = 1
    return training
  }

  @Test func workIsCounted() throws {
    let fixture = try TrainFixture()
    _ = try fixture.model()
    let result = try training(fixture, target: "first").run()
    let store = try CaptureStore(opening: fixture.scratch("work/capture"))
    let capture = try #require(result.capture)
    #expect(capture.tokens == store.sequences.reduce(0) { $0 + $1.length })
    #expect(
      capture.generatedTokens == store.sequences.reduce(0) { $0 + $1.length - $1.promptLength })
    #expect(capture.generatedTokens > 0)
    #expect(capture.seconds > 0 && capture.generationSeconds > 0)
    #expect(result.stepTokens == result.history.last?.tokens && result.stepTokens > 0)
    #expect(result.stepSeconds > 0 && result.stepSeconds <= result.seconds)
  }

  @Test func aStoreThatIsThereTakesNoTime() throws {
    let fixture = try TrainFixture()
    _ = try fixture.model()
    _ = try training(fixture, target: "first").run()
    var again = try training(fixture, target: "second")
    again.directory = fixture.scratch("elsewhere")
    again.store = fixture.scratch("work/capture")
    let result = try again.run()
    #expect(result.capture?.tokens == nil && result.stepTokens > 0)
  }
}
