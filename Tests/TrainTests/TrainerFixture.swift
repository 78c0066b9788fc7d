import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveTrain
import TestSupport

/// A tiny model, what was captured of it, and trainers on that.
struct TrainerFixture {
  let fixture: TrainFixture
  let artifact: Artifact
  let store: CaptureStore
  let pool: ThreadPool

  var scratch: Scratch { fixture.scratch }

  /// - Parameter topK: the teacher's tokens kept; the vocabulary has 320.
  init(depths: [Int] = [2, 3, 4], topK: Int = 16) throws {
    fixture = try TrainFixture()
    artifact = try fixture.model()
    pool = try ThreadPool(threads: 2)
    var data = try fixture.settings(TrainFixture.texts(40))
    data.continuation = .init(maxTokens: 24, sampledShare: 0.5)
    var plan = CapturePlan(
      model: artifact.path, directory: fixture.scratch("store"), data: data, depths: depths)
    plan.topK = topK
    plan.threads = 2
    store = try Capture(plan).run()
  }

  static func settings(steps: Int) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.steps = steps
    settings.batchTokens = 128
    settings.evaluations = 3
    settings.heldOutTokens = 300
    settings.loss.negatives = 64
    settings.patience = nil
    settings.precision = .float32
    return settings
  }

  /// - Parameter work: where its checkpoint stands.
  func trainer(
    _ exits: [ExitRecord], start: TailStart = .last, steps: Int = 14, work: String = "work",
    change: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> Trainer {
    var settings = Self.settings(steps: steps)
    change(&settings)
    return try Trainer(
      artifact, store, exits: exits, start: .initial(start), settings: settings,
      directory: try scratch.makeDirectory(work), pool: pool)
  }

  /// Two tails in a chain.
  static let chain = [
    ExitRecord(depth: 2, body: .tail(blocks: 1), threshold: 0.9),
    ExitRecord(depth: 4, reads: .previous, body: .tail(blocks: 1), threshold: 0.9),
  ]
}

/// Everything of a training that must be the same, times left out.
struct TrainingOutcome: Equatable {
  let buffers: [[Float]]
  let state: TrainingState

  init(_ trainer: Trainer) {
    let parameters = trainer.network.parameters
    buffers = [
      parameters.values, parameters.firstMoments, parameters.secondMoments, trainer.best,
    ].map { $0.array(0..<$0.count) }
    var state = trainer.state
    state.seconds = 0
    for index in state.history.indices { state.history[index].seconds = 0 }
    self.state = state
  }
}
