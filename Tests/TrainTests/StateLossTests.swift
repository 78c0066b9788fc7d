import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import Testing

/// The loss of an exit's last hidden state.
@Suite struct StateLossTests {
  /// The tiny model has 6 blocks.
  private static let blocks = 6
  private let fixture: TrainerFixture

  init() throws { fixture = try TrainerFixture(depths: [2, 4, Self.blocks]) }

  /// The mean loss over the positions of the longest text, with its gradient.
  ///
  /// - Parameter parameters: all of the exit; nil for those that training begins with.
  private func loss(
    _ exit: ExitRecord, parameters: [Float]? = nil, weight: Double = 1, rowWeight: Float = 1
  ) throws -> (mean: Float, gradient: [Float]) {
    let index = fixture.store.sequences.indices.max {
      fixture.store.sequences[$0].length < fixture.store.sequences[$1].length
    }
    let text = try fixture.store.read(try #require(index))
    let (count, hidden) = (text.length, fixture.store.configuration.hiddenSize)
    let workers = Workers(fixture.pool)
    let network = TrainableExits(
      fixture.artifact.manifest.configuration, exits: [exit], rows: count, workers: workers,
      precision: .float32)
    try network.parameters.set([exit], to: .initial(.last), from: fixture.artifact)
    if let parameters { network.parameters.values.copy(parameters) }
    func matrix(_ floats: [Float]) -> MatrixView {
      let buffer = FloatBuffer(floats.count)
      buffer.copy(floats)
      return buffer.matrix(floats.count / hidden, hidden)
    }
    let depth = try #require(fixture.store.configuration.depths.firstIndex(of: exit.depth))
    network.begin(BatchLayout(lengths: [count]))
    let rows = Array(1..<count)
    let normed = network.forward([matrix(text.states[depth])], rows: rows)[0]
    let loss = try StateLoss(fixture.artifact, weight: weight, rows: count, workers: workers)
    loss.begin(matrix(try #require(text.states.last)), rows: rows)
    let gradient = FloatBuffer(rows.count * hidden)
    let losses = loss(
      normed, weights: rows.map { _ in rowWeight }, scale: 1,
      addingTo: gradient.matrix(rows.count, hidden))
    return (losses.reduce(0, +) / Float(rows.count), gradient.array(0..<gradient.count))
  }

  /// A tail that is the rest of the model makes the model's own last state, but for the rounding of the capture.
  @Test func theRestOfTheModelHasNoLoss() throws {
    let rest = try loss(ExitRecord(depth: 4, body: .tail(blocks: 2), threshold: 0.9)).mean
    let early = try loss(ExitRecord(depth: 2, body: .tail(blocks: 2), threshold: 0.9)).mean
    #expect(rest < 1e-5, "\(rest)")
    #expect(early > 1000 * rest, "\(early)")
  }

  /// The states that are compared are of the rows that have a loss, also where something comes back and rows before it are
  /// left out: the rest of the model has no loss there either.
  @Test func rowsAreTheirOwnWithFeedback() throws {
    var rest = ExitRecord(depth: 4, body: .tail(blocks: 2), threshold: 0.9)
    rest.feedback = ExitFeedback(depth: 4)
    let trainer = try fixture.trainer([rest], steps: 6) {
      $0.loss.stateWeight = 1
      $0.rate = 1e-9
    }
    for _ in 0..<6 {
      _ = try trainer.trainStep()
      #expect(trainer.state.stateSums.count == 1 && trainer.state.stateSums[0].mean < 1e-5)
    }
    let early = try fixture.trainer(
      [ExitRecord(depth: 2, body: .tail(blocks: 2), threshold: 0.9)], steps: 1, work: "early"
    ) { $0.loss.stateWeight = 1 }
    _ = try early.trainStep()
    #expect(early.state.stateSums[0].mean > 0.01)
  }

  @Test func gradientsGrowWithBothWeights() throws {
    let exit = ExitRecord(depth: 2, body: .norm, threshold: 0.9)
    let one = try loss(exit).gradient
    #expect(one.contains { $0 != 0 })
    #expect(try loss(exit, weight: 4).gradient == one.map { 4 * $0 })
    #expect(try loss(exit, rowWeight: 0.5).gradient == one.map { 0.5 * $0 })
  }

  /// An exit learns to end where the model ends: its distance falls further with the loss than without.
  @Test func trainingBringsStatesCloser() throws {
    let exit = ExitRecord(depth: 2, body: .affine(rank: nil), threshold: 0.9)
    func trained(_ weight: Double) throws -> Float {
      let trainer = try fixture.trainer([exit], steps: 60, work: "work-\(weight)") {
        $0.loss.stateWeight = weight
      }
      #expect(try trainer.run() == .finished)
      // The log shows the loss where there is one.
      let logged = trainer.state.history.map(\.stateLosses)
      #expect(logged.allSatisfy { $0.count == (weight > 0 ? 1 : 0) })
      #expect(weight == 0 || logged.last?.first ?? 0 > 0)
      let values = trainer.network.parameters.values
      return try loss(exit, parameters: values.array(0..<values.count)).mean
    }
    let (with, without) = (try trained(200), try trained(0))
    #expect(with < 0.9 * without, "\(with) and \(without)")
  }

  @Test func aCaptureWithoutTheLastStatesIsRefused() throws {
    let other = try TrainerFixture(depths: [2, 4])
    let error = #expect(throws: InputError.self) {
      try other.trainer([ExitRecord(depth: 2, body: .norm, threshold: 0.9)]) {
        $0.loss.stateWeight = 1
      }
    }
    #expect(error?.location == "depths" && error?.expected.contains("depth 6") == true)
    #expect(error?.advice?.contains("--state-weight") == true)
  }
}
